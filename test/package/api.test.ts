import { API_ENTRIES, type ApiEntry, reportApi } from '../../build/api-reports';

// The setup has built what is packed.
test.each(Object.keys(API_ENTRIES) as ApiEntry[])(
  'docs/api holds the public surface of %s as it is (else: npm run build && npm run api, and read what changed)',
  (name) => {
    expect(reportApi(name, { write: false })).toEqual({ differs: false, problems: [] });
  },
);
