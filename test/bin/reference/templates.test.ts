import type { App, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { reasonOf } from '../../../bin/iam/reason-of';
import type { Statement } from '../../../bin/iam/statement';
import { statementsIn } from '../../../bin/iam/statements-in';
import { ALLOWED_WILDCARDS } from './allowed-wildcards';
import { PROCESSORS, stackWith, stackWithAllSources } from './every-source';
import { findingsOf, referenceApp, referenceStack } from './reference-app';

/** One for each source and each option of a mapping, beside the reference stacks. */
const STACKS: Readonly<Record<string, (app: App) => Stack>> = {
  'the reference stack': (app) => referenceStack(app, { demo: 'none' }),
  'the reference stack with a cluster': (app) => referenceStack(app, { demo: 'cluster', pollers: 'on-demand' }),
  ...Object.fromEntries(Object.keys(PROCESSORS).map((name) => [name, (app: App) => stackWith(app, name)])),
  'all sources': stackWithAllSources,
};

const { CDK_VALIDATION } = process.env;
const statements = new Map<string, readonly Statement[]>();
let findings: string;

// All at once, and nowhere else among the unit tests: the validation takes seconds to prepare itself, and does so anew
// for each type of resource that it has not met.
beforeAll(() => {
  process.env.CDK_VALIDATION = 'true';
  const app = referenceApp();
  const stacks = Object.entries(STACKS).map(([name, make]) => [name, make(app).artifactId] as const);
  findings = findingsOf(app);
  const assembly = app.synth();
  for (const [name, id] of stacks) statements.set(name, statementsIn(assembly.getStackArtifact(id).template));
});
afterAll(() => {
  process.env.CDK_VALIDATION = CDK_VALIDATION;
});

/**
 * The resource schemas of CloudFormation and the rules of the service, as aws-cdk-lib's own validation holds them: types,
 * unknown and required properties, ranges, patterns.
 */
describe('the validation of templates', () => {
  test('finds nothing in any of the stacks', () => {
    expect(findings).toBe('');
    expect(statements.size).toBeGreaterThan(10);
  });

  test.each<[string, string, unknown]>([
    ['a property that there is not', 'AmazonManagedKafkaEventSourceConfig.GroupId', 'orders'],
    ['a number out of range', 'MaximumRetryAttempts', 10_001],
    ['a value of another type', 'BisectBatchOnFunctionError', 'sometimes'],
    ['a word that the service does not know', 'FunctionResponseTypes', ['ReportItems']],
  ])('would find %s', (_, property, value) => {
    const app = referenceApp();
    const stack = stackWith(app, 'iam');
    const mapping = stack.node.findChild('Orders').node.findChild('Mapping').node.defaultChild;
    (mapping as lambda.CfnEventSourceMapping).addPropertyOverride(property, value);

    expect(findingsOf(app)).toContain(property.split('.').at(-1));
  });
});

test.each(Object.keys(STACKS))('every statement has a reason: %s', (name) => {
  const all = statements.get(name) ?? [];
  const unexplained = all.filter((statement) => reasonOf(statement) === undefined);

  expect(all.length).toBeGreaterThan(0);
  expect(unexplained).toEqual([]);
});

describe('a wildcard in a resource', () => {
  /** `*` among the actions that are allowed is every action. */
  const isAllowed = (
    { kind, actions }: Statement,
    resource: string,
    [pattern, good]: (typeof ALLOWED_WILDCARDS)[number],
  ) => pattern.test(`${kind} ${resource}`) && (good[0] === '*' || actions.every((action) => good.includes(action)));

  const refusedIn = (all: readonly Statement[]) =>
    all.flatMap((statement) =>
      statement.resources
        .filter((resource) => resource.includes('*'))
        .filter((resource) => !ALLOWED_WILDCARDS.some((allowed) => isAllowed(statement, resource, allowed)))
        .map((resource) => `${statement.kind} ${resource}: ${statement.actions}`),
    );

  test.each(Object.keys(STACKS))('is one of those that are listed: %s', (name) => {
    expect(refusedIn(statements.get(name) as readonly Statement[])).toEqual([]);
  });

  test('would be found if it were another one', () => {
    const [statement] = (statements.get('iam') as readonly Statement[]).filter(({ sid }) => sid === 'ReadTopic');

    expect(refusedIn([{ ...(statement as Statement), resources: ['*'] }])).toEqual([
      'role *: kafka-cluster:DescribeTopic,kafka-cluster:ReadData',
    ]);
  });

  test('is there for each that is listed', () => {
    const all = [...statements.values()].flat();
    const unused = ALLOWED_WILDCARDS.filter(
      (allowed) => !all.some((each) => each.resources.some((resource) => isAllowed(each, resource, allowed))),
    );

    expect(unused).toEqual([]);
  });
});
