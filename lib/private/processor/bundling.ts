import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { BUNDLED } from '../../../contract/bundle';
import { given } from '../given';

/** What the function is configured to use. */
export interface Bundled {
  readonly sqs: boolean;
  readonly s3: boolean;
}

/** How a function is bundled. The client of a store that it does not use stays out. */
export function bundlingFor(bundled: Bundled): BundlingOptions {
  const unused = (['sqs', 's3'] as const).filter((store) => !bundled[store]);
  return { ...BUNDLING, define: Object.fromEntries(unused.map((store) => [BUNDLED[store], 'false'])) };
}

/** Ours, where the user says nothing else. Statements of ES modules in front of another format would end its start. */
export function bundlingWith(users: BundlingOptions = {}): BundlingOptions {
  const { banner, ...bundling } = { ...BUNDLING, ...given(users) };
  const isOurs = banner === BUNDLING.banner;
  return banner === undefined || (isOurs && !isModule(bundling)) ? bundling : { ...bundling, banner };
}

/** What says nothing of its format is ours. */
export function isModule({ format = BUNDLING.format }: BundlingOptions): boolean {
  return format === OutputFormat.ESM;
}

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
  // esbuild's own default reports sizes, too.
  logLevel: LogLevel.WARNING,
  // A CommonJS dependency inside an ES module calls `require`, which does not exist there.
  banner: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
};
