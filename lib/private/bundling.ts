import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { BUNDLED } from '../../contract/bundle';

/** Measured: of the ways to bundle, this one loads fastest, and cold starts are paid by whoever waits for a record. */
export const BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  minify: true,
  // Modules first: the CommonJS builds of the SDK cannot be shaken and make the bundle half as large again.
  mainFields: ['module', 'main'],
  // Nothing is left to the SDK in Lambda's image: bundling fixes its version and halves the load time.
  externalModules: [],
  sourceMap: true,
  // A stack trace needs names and lines of the source, not its text.
  sourcesContent: false,
  // The local event source runs this very bundle, on the oldest Node.js that the project supports.
  target: 'node20',
  // A processor has no dead letters of its own yet, and their clients are 200 KB of a cold start.
  define: { [BUNDLED.sqs]: 'false', [BUNDLED.s3]: 'false' },
  // esbuild's own default reports sizes, too.
  logLevel: LogLevel.WARNING,
  // A CommonJS dependency inside an ES module calls `require`, which does not exist there.
  banner: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
};
