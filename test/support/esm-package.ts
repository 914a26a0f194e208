import { createRequire } from 'node:module';
import { buildSync } from 'esbuild';
import { PROJECT } from './project';

/** A package that is published as ES modules alone, which Jest cannot load: bundled to CommonJS first. */
export function esmPackage<Exports>(name: string): Exports {
  const { outputFiles } = buildSync({
    stdin: { contents: `module.exports = require(${JSON.stringify(name)});`, resolveDir: PROJECT },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  const module = { exports: {} };
  const run = new Function('module', 'exports', 'require', outputFiles[0]?.text ?? '');
  run(module, module.exports, createRequire(__filename));
  return module.exports as Exports;
}
