/** `msk-once local --invoke`: the functions of a run, invoked as Lambda's client does. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { readArguments } from '../../../bin/local/arguments';
import { Command, handler, numbered, project, template, temporaryFolder } from './local-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

test('it prints where, and a function answers there while the run goes on', async () => {
  const alias = {
    Type: 'AWS::Lambda::Alias',
    Properties: { FunctionName: { Ref: 'Consumer' }, FunctionVersion: '$LATEST', Name: 'Orders-partial' },
  };
  const variables = { Environment: { Variables: { MSK_ONCE_DEAD_LETTERS: 's3://letters/dead' } } };
  const cwd = project(folder.path, {
    'template.json': template({ FunctionName: { Ref: 'Alias' } }, variables, { Alias: alias }),
    'code/index.js': handler('return { batchItemFailures: [], seen: records.length };'),
    'orders.jsonl': numbered(1),
  });
  const command = new Command(cwd, ['--template', 'template.json', '--records', 'orders.jsonl', '--invoke']);
  await command.until(/msk-once redrive --from s3:\/\/letters\/dead --function Consumer\S*:Orders-partial/);
  const endpoint = /AWS_ENDPOINT_URL_LAMBDA=(\S+)/.exec(command.out)?.[1] ?? '';
  const FunctionName = /--function (\S+)/.exec(command.out)?.[1] ?? '';
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  const client = new LambdaClient({ endpoint, region: 'us-east-1', credentials });

  const { Payload } = await client.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{"records":{}}') }));
  client.destroy();
  command.signal('SIGINT');

  expect(JSON.parse(Buffer.from(Payload ?? []).toString())).toEqual({ batchItemFailures: [], seen: 0 });
  expect((await command.ended).code).toBe(0);
});

test.each(['--once', '--watch'])('it does not go with %s', (other) => {
  expect(() => readArguments(['--invoke', other])).toThrow(`--invoke and ${other} do not go together`);
});
