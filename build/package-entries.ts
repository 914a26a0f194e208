/** An entry of the package that is also an ES module, by the path of its source without extension. */
export const MODULE_ENTRIES: readonly string[] = [
  'handlers/index',
  'handlers/avro/index',
  'handlers/powertools/index',
  'handlers/protobuf/index',
  'testing/index',
];

/** What the compiler follows from the command line, and what only the repository has the data for. */
export const REPOSITORY_ONLY: readonly string[] = ['bin/demo', 'bin/commands/demo.js', 'bin/commands/demo.d.ts'];
