import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readKafkaMappings } from '../../../local/template/kafka-mappings';
import { readStack } from '../../../local/template/stack';
import { cdkResources, write } from '../template/template-fixture';
import { temporaryFolder, Workers } from './worker-fixture';

const folder = temporaryFolder();
const workers = new Workers();
afterEach(() => workers.killAll());
afterAll(() => folder.remove());

test('a function of a synthesized template runs from the folder of its code alone', async () => {
  // Prepare
  write(folder.path, {
    'manifest.json': {
      artifacts: { Demo: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Demo.template.json' } } },
    },
    'Demo.template.json': { Resources: cdkResources() },
    'asset.flights/index.js': `
      const { airport } = require('./airport.js');
      exports.handler = async (event, { invokedFunctionArn }) => [airport, event, invokedFunctionArn, process.env.COUNTERS_TABLE];`,
    'asset.flights/airport.js': "exports.airport = 'ATL';",
  });
  const [mapping] = readKafkaMappings(readStack(folder.path));
  if (mapping === undefined) throw new Error('no mapping');
  for (const file of ['manifest.json', 'Demo.template.json']) rmSync(join(folder.path, file));

  // Act
  const worker = workers.start({ function: mapping.function });
  const result = await worker.invoke({ records: {} }, { invokedFunctionArn: mapping.invokedFunctionArn });

  // Assess
  expect(result).toMatchObject({
    kind: 'response',
    payload: [
      'ATL',
      { records: {} },
      'arn:aws:lambda:us-east-1:000000000000:function:FlightsFunction0FD0E4:flights-partial',
      'Counters',
    ],
  });
});
