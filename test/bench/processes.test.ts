import { writeFileSync } from 'node:fs';
import { Bundles } from '../../bench/measure/bundles';
import { runClient } from '../../bench/measure/processes';

describe('a process that measures', () => {
  const bundles = new Bundles();
  afterAll(() => bundles.remove());

  const measure = (source: string) => {
    const bundle = bundles.scratch('function.mjs');
    writeFileSync(bundle, source);
    const plan = { bundle, batches: [{ records: 20, runs: 2 }], warmUpMs: 1, redelivered: false, stub: undefined };
    return runClient(bundles, { environment: { GREETING: 'hello' }, plan });
  };

  test('gives a figure for each batch, its own requests counted and those of the warm-up not', async () => {
    const { batches } = await measure(`
      import { get } from 'node:http';
      export const handler = async () => {
        await new Promise((resolve) => get('http://127.0.0.1:9').on('error', resolve));
        return { batchItemFailures: [] };
      };`);

    expect(batches).toMatchObject([{ call: 'handler', records: 20, runs: [{ requests: 1 }, { requests: 1 }] }]);
  });

  test.each<[string, string, RegExp[]]>([
    [
      'a batch with open records fails',
      'export const handler = async () => ({ batchItemFailures: [{}, {}] });',
      [/2 records stayed open/],
    ],
    [
      'a function that throws says why, and what it printed',
      "export const handler = async () => { console.error(process.env.GREETING); throw new Error('no table'); };",
      [/no table/, /hello/],
    ],
    ['a process that ends says how', 'export const handler = () => process.exit(3);', [/exit code 3/]],
    ['a bundle that cannot be loaded says why', "throw new Error('not configured');", [/not configured/]],
  ])('%s', async (_, source, texts) => {
    const failure = await measure(source).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Error);
    for (const text of texts) expect((failure as Error).message).toMatch(text);
  });
});
