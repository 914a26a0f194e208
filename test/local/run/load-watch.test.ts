import { LoadWatch } from '../../../local/run/load-watch';
import type { LambdaFunction } from '../../../local/template/lambda-function';
import type { InvocationResult } from '../../../local/worker/invocation-result';

const FUNCTION = {
  logicalId: 'Consumer',
  handler: 'index.handler',
  assetPath: '/code',
  runtime: 'nodejs22.x',
} as LambdaFunction;
const broken: InvocationResult = { kind: 'init-error', errorType: 'Error', errorMessage: 'boom', durationMs: 1 };
const fine: InvocationResult = { kind: 'response', payload: null, durationMs: 1 };

async function after(results: readonly InvocationResult[], bearsErrors = false): Promise<string> {
  const watch = new LoadWatch(FUNCTION, bearsErrors);
  for (const result of results) watch.ended(result);
  return Promise.race([
    watch.failed.catch((error: Error) => error.message),
    new Promise<string>((resolve) => setImmediate(() => resolve('goes on'))),
  ]);
}

test('the third failure to load in a row ends the run, with the place of the function and its error', async () => {
  const message = await after([broken, broken, broken]);

  expect(message).toContain('Consumer (index.handler in /code, nodejs22.x)');
  expect(message).toContain('Error: boom');
});

test.each<[string, readonly InvocationResult[], boolean]>([
  ['it failed twice only', [broken, broken], false],
  ['it was loaded once', [broken, fine, broken, broken, broken], false],
  ['somebody is about to mend it', [broken, broken, broken, broken], true],
])('the run goes on where %s', async (_, results, bearsErrors) => {
  expect(await after(results, bearsErrors)).toBe('goes on');
});
