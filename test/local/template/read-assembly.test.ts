// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { readAssembly } from '../../../local/template/read-assembly';
import { readStack } from '../../../local/template/stack';
import { refusal, temporaryFolder, write } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const template = (type: string) => ({ Resources: { It: { Type: type } } });
const stackArtifact = (templateFile: string, more: object = {}) => ({
  type: 'aws:cloudformation:stack',
  environment: 'aws://unknown-account/unknown-region',
  properties: { templateFile, ...more },
});

function assembly(files: Readonly<Record<string, unknown>>): string {
  const directory = mkdtempSync(join(folder.path, 'cdk.out-'));
  write(directory, files);
  return directory;
}

function twoStacks(): string {
  return assembly({
    'manifest.json': {
      version: '55.0.0',
      artifacts: {
        Network: stackArtifact('Network.template.json'),
        Flights: {
          ...stackArtifact('Flights.template.json', { stackName: 'prod-flights' }),
          displayName: 'App/Flights',
        },
        Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
        'assembly-Stage': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Stage' } },
      },
    },
    'Network.template.json': template('Network'),
    'Flights.template.json': template('Flights'),
    'assembly-Stage/manifest.json': {
      artifacts: { StageOrders: { ...stackArtifact('Orders.template.json'), displayName: 'Stage/Orders' } },
    },
    'assembly-Stage/Orders.template.json': template('Orders'),
  });
}

describe('a cloud assembly', () => {
  test('with one stack needs no name for it', () => {
    // Prepare
    const directory = assembly({
      'manifest.json': { artifacts: { Demo: stackArtifact('Demo.template.json') } },
      'Demo.template.json': template('Demo'),
    });

    // Act
    const stack = readAssembly(directory);

    // Assess
    expect(stack).toMatchObject({
      stackName: 'Demo',
      directory,
      file: join(directory, 'Demo.template.json'),
      region: undefined,
    });
    expect(stack.template.Resources.It?.Type).toBe('Demo');
  });

  test.each([
    ['its stack name', 'prod-flights', 'Flights'],
    ['its construct path', 'App/Flights', 'Flights'],
    ['its artifact id', 'Flights', 'Flights'],
    ['the path of a stack in a stage', 'Stage/Orders', 'Orders'],
  ])('with several gives the one chosen by %s', (_, name, type) => {
    expect(readAssembly(twoStacks(), name).template.Resources.It?.Type).toBe(type);
  });

  test.each([
    ['none is chosen', undefined, 'has 3 stacks, and one is needed'],
    ['an unknown one is chosen', 'Nobody', 'has 0 stacks with the name "Nobody"'],
  ])('with several lists them when %s', (_, name, problem) => {
    // Prepare, act
    const refused = refusal(() => readAssembly(twoStacks(), name));

    // Assess
    expect(refused.code).toBe('MSK_ONCE_USAGE');
    expect(refused.message).toContain(problem);
    expect(refused.message).toContain('--stack; there are: Network, App/Flights, Stage/Orders.');
  });

  test('passes the region that a stack is bound to on to its values', () => {
    // Prepare
    const directory = assembly({
      'manifest.json': {
        artifacts: { Demo: { ...stackArtifact('Demo.template.json'), environment: 'aws://111122223333/eu-central-1' } },
      },
      'Demo.template.json': template('Demo'),
    });

    // Act
    const bound = readStack(directory);
    const chosen = readStack(directory, { region: 'eu-west-1' });

    // Assess
    expect(bound.resolve({ Ref: 'AWS::Region' }, '')).toBe('eu-central-1');
    expect(chosen.resolve({ Ref: 'AWS::Region' }, '')).toBe('eu-west-1');
  });
});

describe('a template file', () => {
  test('stands for its own stack', () => {
    // Prepare
    const directory = assembly({ 'Orders.template.json': template('Orders') });

    // Act
    const stack = readAssembly(join(directory, 'Orders.template.json'));

    // Assess
    expect(stack).toMatchObject({ stackName: 'Orders', directory });
  });
});

describe('a template in YAML', () => {
  test('is read like one in JSON', () => {
    // Prepare
    const text = 'Resources:\n  It:\n    Type: Orders\n    Properties: { Name: !Sub "${AWS::Region}" }\n';
    const directory = assembly({ 'orders.yaml': text });

    // Act
    const stack = readAssembly(join(directory, 'orders.yaml'));

    // Assess
    expect(stack.stackName).toBe('orders');
    expect(stack.template.Resources).toEqual({
      It: { Type: 'Orders', Properties: { Name: { 'Fn::Sub': '${AWS::Region}' } } },
    });
  });
});

describe('what cannot be read says what to do', () => {
  test.each<[string, Record<string, unknown>, string, string, string]>([
    ['a path that does not exist', {}, 'nowhere', 'INVALID', 'Run `cdk synth`'],
    ['a folder without a manifest', { 'a.txt': '' }, '.', 'INVALID', 'no manifest.json'],
    ['a broken manifest', { 'manifest.json': '{' }, '.', 'INVALID', 'is not JSON'],
    ['a template in YAML without resources', { 't.yaml': 'Resources:\n' }, 't.yaml', 'INVALID', 'no "Resources"'],
    ['a broken template in YAML', { 't.yaml': 'Resources: [\n' }, 't.yaml', 'INVALID', 'is not a template in YAML'],
    [
      'a template whose resources only CloudFormation can make',
      { 't.yaml': 'Resources:\n  Fn::ForEach::Topics: []\n' },
      't.yaml',
      'UNSUPPORTED',
      'Resources.Fn::ForEach::Topics',
    ],
    ['a section that is no object', { 't.json': { Resources: {}, Outputs: [] } }, 't.json', 'INVALID', 'Outputs in '],
    ['a broken template', { 't.json': '{ "Resources": ' }, 't.json', 'INVALID', 'is not JSON'],
    ['another JSON file', { 't.json': '{}' }, 't.json', 'INVALID', 'no "Resources"'],
    ['a resource without a type', { 't.json': { Resources: { A: {} } } }, 't.json', 'INVALID', 'Resources.A'],
  ])('%s', (_, files, path, code, words) => {
    // Prepare
    const directory = assembly(files);

    // Act
    const refused = refusal(() => readAssembly(join(directory, path)));

    // Assess
    expect(refused.code).toBe(`MSK_ONCE_TEMPLATE_${code}`);
    expect(refused.message).toContain(words);
  });
});
