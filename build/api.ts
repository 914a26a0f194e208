import { API_ENTRIES, type ApiEntry, reportApi } from './api-reports';

// Writes the public surface of each entry into docs/api, from the types in dist: build first.
for (const name of Object.keys(API_ENTRIES) as ApiEntry[]) {
  const { problems } = reportApi(name, { write: true });
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
