// node build.mjs: orders.ts and all that it uses as one file, build/orders/index.mjs.
import { build } from 'esbuild';

await build({
  entryPoints: ['orders.ts'],
  outfile: 'build/orders/index.mjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // Modules first: the CommonJS builds of the AWS SDK are half as large again.
  mainFields: ['module', 'main'],
  // A CommonJS dependency calls `require`, which an ES module does not have.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  // Leaves out the client of a store of dead letters that you do not use:
  // define: { MSK_ONCE_BUNDLED_S3: 'false' },
});
