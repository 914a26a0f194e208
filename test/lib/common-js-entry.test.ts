import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { OnceFunction } from '../../lib';
import { refusal } from './fixture/refusal';
import { processor, stack } from './fixture/stack';

const REQUIRE = "const { processRecords } = require('msk-once/handlers');\n";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'msk-once-entry-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const made = (entry: string, bundling?: BundlingOptions) => () =>
  new OnceFunction(stack(), 'Fn', {
    entry,
    depsLockFilePath: file('package-lock.json', '{}'),
    projectRoot: folder,
    ...(bundling && { bundling }),
  });

// As an ES module it has a default export alone: Runtime.HandlerNotFound on each invocation.
describe('an entry that is CommonJS by its source is refused, for its bundle has no export `handler`', () => {
  test.each<[string, string, string]>([
    ['exports.handler', 'orders.js', `${REQUIRE}exports.handler = processRecords({});`],
    ['module.exports', 'orders.cjs', `${REQUIRE}module.exports = { handler: processRecords({}) };`],
    ['an object that is given to exports', 'orders.js', `${REQUIRE}Object.assign(exports, { handler() {} });`],
    ['the CommonJS of TypeScript', 'orders.ts', 'const handler = async () => {};\nexport = { handler };'],
    ['a comment that says export', 'orders.js', '// export the handler\n/**\n * export it\n */\nexports.handler = 1;'],
  ])('%s', (_, name, text) => {
    const entry = file(name, text);

    const message = refusal(made(entry), 'Shop/Fn');

    expect(message).toContain(`Shop/Fn: entry is "${entry}", accepted is a file that exports`);
    expect(message).toContain('OutputFormat.CJS');
  });

  test('also by a processor, which says so of its function', () => {
    const entry = file('orders.js', `${REQUIRE}exports.handler = processRecords({});`);

    expect(refusal(() => processor(stack(), { entry }), 'Shop/Orders/Function')).toContain('entry is');
  });
});

test('a folder is no entry, whatever its name', () => {
  const entry = join(folder, 'handlers.js');
  mkdirSync(entry);

  expect(refusal(made(entry), 'Shop/Fn')).toContain('accepted is the path of a file that is there');
});

describe('an entry is not refused', () => {
  test.each<[string, string]>([
    ['export const', 'export const handler = 1; // not module.exports'],
    ['export { }', 'const handler = 1;\nexport { handler };\nmodule.exports.old = 1;'],
    ['a minified one', 'var a=1,exports={};export{a as handler};'],
    ['behind a comment', '/* module.exports\n * was here */ export const handler = 1;'],
    ['export from', "exports.old = 1;\nexport * from './others';"],
    ['export default', 'exports.old = 1;\nexport default 1;'],
    ['one that names neither', 'console.log(1);'],
  ])('%s', (_, text) => {
    made(file('fine.ts', text))();
  });

  test.each<[string, BundlingOptions]>([
    ['CommonJS as the format', { format: OutputFormat.CJS }],
    ['a footer that may export', { footer: 'export const handler = …' }],
    ['arguments of esbuild', { esbuildArgs: { '--format': 'cjs' } }],
    [
      'commands that may write it',
      { commandHooks: { beforeBundling: () => ['true'], afterBundling: () => [], beforeInstall: () => [] } },
    ],
  ])('with %s', (_, bundling) => {
    made(file('orders.js', 'exports.handler = async () => {};'), bundling)();
  });
});
