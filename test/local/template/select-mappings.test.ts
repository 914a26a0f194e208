import { readKafkaMappings } from '../../../local/template/kafka-mappings';
import { type MappingSelection, selectMappings } from '../../../local/template/select-mappings';
import { cdkResources, refusal, stackOf, temporaryFolder } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const ORDERS = { logicalId: 'OrdersFn12', constructPath: 'Shop/Orders/Function', name: 'orders' };
const REFUNDS = { logicalId: 'Refunds/Fn34', name: 'Refunds-Fn34' };
const MAPPINGS = [
  { logicalId: 'OrdersMapping', constructPath: 'Shop/Orders/Mapping', function: ORDERS },
  { logicalId: 'LateMapping', constructPath: 'Shop/OrdersLate/Mapping', function: ORDERS },
  { logicalId: 'Refunds/Mapping', function: REFUNDS },
  { logicalId: 'Strange', function: undefined },
];

describe('mappings are chosen', () => {
  test.each<[string, MappingSelection, string[]]>([
    ['all, without a choice', {}, ['OrdersMapping', 'LateMapping', 'Refunds/Mapping', 'Strange']],
    ['by logical id', { mapping: 'OrdersMapping' }, ['OrdersMapping']],
    ['by the path of nested stacks', { mapping: 'Refunds/Mapping' }, ['Refunds/Mapping']],
    ['by construct path', { mapping: 'Shop/OrdersLate/Mapping' }, ['LateMapping']],
    ['by the path of the resource in a construct', { mapping: 'Shop/Orders/Mapping/Resource' }, ['OrdersMapping']],
    ['by a construct around it, and not by one of a similar name', { mapping: 'Shop/Orders' }, ['OrdersMapping']],
    ['by the stack', { mapping: 'Shop' }, ['OrdersMapping', 'LateMapping']],
    ['by the logical id of the function', { function: 'OrdersFn12' }, ['OrdersMapping', 'LateMapping']],
    ['by the name of the function', { function: 'Refunds-Fn34' }, ['Refunds/Mapping']],
    ['by the construct path of the function', { function: 'Shop/Orders/Function' }, ['OrdersMapping', 'LateMapping']],
    ['by both', { function: 'orders', mapping: 'LateMapping' }, ['LateMapping']],
  ])('%s', (_, selection, expected) => {
    expect(selectMappings(MAPPINGS, selection).map(({ logicalId }) => logicalId)).toEqual(expected);
  });

  test.each<[string, MappingSelection, string]>([
    ['mapping', { mapping: 'Orders' }, 'No Kafka event source mapping is called "Orders".'],
    ['function', { function: 'Shop/Ord' }, 'No Kafka event source mapping calls a function "Shop/Ord".'],
    [
      'mapping of that function',
      { function: 'orders', mapping: 'Refunds/Mapping' },
      'No Kafka event source mapping is called "Refunds/Mapping" and calls "orders".',
    ],
  ])('or it is told what there is, if there is no such %s', (_, selection, problem) => {
    // Prepare, act
    const refused = refusal(() => selectMappings(MAPPINGS, selection));

    // Assess
    expect(refused.code).toBe('MSK_ONCE_USAGE');
    expect(refused.message).toContain(problem);
    expect(refused.message).toContain(
      'There are: OrdersMapping (Shop/Orders/Mapping) calling OrdersFn12 (Shop/Orders/Function) named orders; ' +
        'LateMapping (Shop/OrdersLate/Mapping) calling OrdersFn12 (Shop/Orders/Function) named orders; ' +
        'Refunds/Mapping calling Refunds/Fn34 named Refunds-Fn34; Strange calling a function that cannot be told.',
    );
    expect(refused.message).toContain('--mapping and --function');
  });
});

describe('what is not chosen', () => {
  const resources = cdkResources();
  const other = (Properties: object) => ({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { ...resources.FlightsMapping2C9D.Properties, ...Properties },
  });
  const stack = stackOf(folder.path, {
    Resources: {
      ...resources,
      Snake: {
        Type: 'AWS::Lambda::Function',
        Properties: { Runtime: 'python3.13', Handler: 'app.handler', Code: { ZipFile: 'pass' } },
      },
      SnakeMapping: other({ FunctionName: { Ref: 'Snake' } }),
      Elsewhere: other({ FunctionName: { 'Fn::ImportValue': 'function' } }),
    },
  });

  test('is not read, so that nothing wrong with it stands in the way', () => {
    // Prepare, act
    const byMapping = readKafkaMappings(stack, { mapping: 'FlightsMapping2C9D' });
    const byFunction = readKafkaMappings(stack, { function: 'FlightsFunction0FD0E4' });

    // Assess
    expect(byMapping).toMatchObject([{ topic: 'flights' }]);
    expect(byFunction).toEqual(byMapping);
  });

  test('is read, and refused, with no choice made', () => {
    expect(refusal(() => readKafkaMappings(stack)).message).toContain('Resources.Snake.Properties.Runtime');
  });

  test('is listed among what there is', () => {
    expect(refusal(() => readKafkaMappings(stack, { mapping: 'Nobody' })).message).toContain(
      'There are: FlightsMapping2C9D calling FlightsFunction0FD0E4; SnakeMapping calling Snake; Elsewhere calling a function that cannot be told.',
    );
  });
});
