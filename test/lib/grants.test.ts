import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/project';
import { statements, templateOf } from './fixture/stack';

/** Functions of the demo have grants of their own, and these two files are about the writes of users. */
const NOT_OURS = /^(entry\/|transaction\/(builders|prepare-writes)\.ts$)/;

const SOURCE = readdirSync(join(PROJECT, 'handlers'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !NOT_OURS.test(file))
  .map((file) => readFileSync(join(PROJECT, 'handlers', file), 'utf8'))
  .join('\n');

const found = (pattern: RegExp) => [...new Set([...SOURCE.matchAll(pattern)].map(([, name = '']) => name))];

// What IAM checks of each. Source: Service Authorization Reference; DynamoDB Developer Guide, "IAM security policies with
// PartiQL" and "Using IAM with DynamoDB transactions": of a batch or a transaction the action of each member.
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  BatchExecuteStatement: [],
  BatchGetItem: ['dynamodb:BatchGetItem'],
  TransactWriteItems: [],
  SendMessageBatch: ['sqs:SendMessage'],
  PutObject: ['s3:PutObject'],
  'INSERT INTO': ['dynamodb:PartiQLInsert'],
  UPDATE: ['dynamodb:PartiQLUpdate'],
  Put: ['dynamodb:PutItem'],
  Update: ['dynamodb:UpdateItem'],
};

test('the role may do in table, queue and bucket exactly what the runtime asks them for', () => {
  const asked = [
    ...found(/new ([A-Z]\w+)Command\(/g),
    ...found(/[`'"(](INSERT INTO|UPDATE|DELETE FROM|SELECT|EXISTS) ?["$(]/g),
    ...found(/^\s*(Put|Update|Delete|ConditionCheck): \{/gm),
  ];
  const needed = asked.flatMap((name) => ACTIONS[name] ?? `${name}, of which this test knows no action`);

  const granted = Object.values(statements(templateOf()) as Record<string, { Action: string | string[] }>)
    .flatMap(({ Action }) => Action)
    .filter((action) => /^(dynamodb|sqs|s3|kms):/.test(action));
  expect(needed.toSorted()).toEqual(granted.toSorted());
});
