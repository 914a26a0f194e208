/**
 * The reference function may do what it does, and nothing more: the requests that it sends in every way of remembering,
 * as they go over the wire, beside the policy of its synthesized role. (The engine itself knows no permissions.)
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOOMED } from '../../bin/demo/doomed';
import { REMEMBERS, type Remember } from '../../bin/demo/remember';
import { type DemoWatcher, runAssembly } from '../../bin/demo/run-assembly';
import { embedded } from '../../bin/demo/surroundings';
import { DynamoDbApi } from '../../local/dynamodb/dynamodb-api';
import { Recorder } from '../../local/dynamodb/recorder';
import { parseFault } from '../../local/faults/fault-text';
import { Assembly } from './assembly';

const SILENT: DemoWatcher = { step() {}, progress() {}, fault() {}, complaint() {}, output() {} };

/** What the demo itself sends, to make its tables and to read the counters. */
const OF_THE_DEMO = ['CreateTable', 'DeleteTable', 'DescribeTable', 'ListTables', 'Scan', 'UpdateTimeToLive'];

type Input = Record<string, unknown>;

/**
 * The actions that IAM checks for a request, each with its table. Source: DynamoDB Developer Guide, "IAM security
 * policies with PartiQL for DynamoDB" and "Using IAM with DynamoDB transactions".
 */
function actionsOf(operation: string, input: Input): string[] {
  if (operation === 'BatchExecuteStatement') {
    return (input.Statements as { Statement: string }[]).map(({ Statement }) => {
      const [, verb = '', table] = /^\s*(INSERT|UPDATE|DELETE|SELECT)\b.*?"([\w.-]+)"/is.exec(Statement) ?? [];
      return `${table} dynamodb:PartiQL${verb.charAt(0).toUpperCase()}${verb.slice(1).toLowerCase()}`;
    });
  }
  if (operation === 'TransactWriteItems') {
    return (input.TransactItems as Record<string, { TableName: string }>[]).flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) =>
        kind === 'ConditionCheck' ? `${TableName} dynamodb:ConditionCheckItem` : `${TableName} dynamodb:${kind}Item`,
      ),
    );
  }
  const tables = input.RequestItems ? Object.keys(input.RequestItems) : [input.TableName];
  return tables.map((table) => `${table} dynamodb:${operation}`);
}

/** Runs the function over a few flights, once for each fault and all at once, and gives what it asked of the database. */
async function sentBy(remember: Remember, assembly: Assembly, faults: readonly string[]): Promise<Set<string>> {
  const sent = new Set<string>();
  const run = async (fault: string) => {
    const surroundings = await embedded();
    const watch = new Recorder(surroundings.database.endpoint, {
      request: ({ operation, input }) => {
        if (!OF_THE_DEMO.includes(operation)) for (const action of actionsOf(operation, input)) sent.add(action);
        return { kind: 'forward' };
      },
      answered: () => {},
    });
    try {
      const database = new DynamoDbApi(await watch.endpointFor('all'));
      const options = { kafka: false, seed: 1, records: 20, reading: 'listed', mode: 'partial', remember } as const;
      const around = { ...surroundings, database };
      const { letters } = await runAssembly(assembly.directory, options, SILENT, around, parseFault(fault), true);
      // Parking is among what it may do.
      expect([letters.letters.length, letters.violations]).toEqual([DOOMED, []]);
    } finally {
      await watch.close();
      await surroundings.close();
    }
  };
  await Promise.all(faults.map(run));
  return sent;
}

/** The actions on DynamoDB that the function's role allows, each with the logical id of its table. */
function grantedIn(assembly: Assembly): string[] {
  const { Resources } = JSON.parse(readFileSync(join(assembly.directory, assembly.templateFile), 'utf8'));
  const statements = Object.values(Resources as Record<string, { Type: string; Properties: Input }>)
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Input[] }).Statement);
  return statements.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => {
      if (!String(action).startsWith('dynamodb:')) return [];
      return [`${(Resource as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0]} ${action}`];
    }),
  );
}

test('each action that the function sends is granted on its table, and each that is granted is sent', async () => {
  const sent = new Set<string>();
  let granted: string[] = [];
  for (const remember of REMEMBERS) {
    const assembly = await Assembly.ofReference(remember);
    granted = grantedIn(assembly);
    // A batch that comes again is looked up, and a write whose answer was lost is read.
    const faults = [
      'duplicate-delivery@1',
      'answer-lost@2,how=close,operation=ExecuteStatement',
      'answer-lost@5,how=close',
    ];
    for (const action of await sentBy(remember, assembly, faults)) sent.add(action);
  }

  expect(granted.length).toBeGreaterThan(0);
  expect([...sent].sort()).toEqual([...granted].sort());
}, 180_000);
