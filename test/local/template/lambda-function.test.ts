import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { readKafkaMappings } from '../../../local/template/kafka-mappings';
import { readStack } from '../../../local/template/stack';
import { cdkResources, type Properties, refusal, stackOf, temporaryFolder, write } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const UNSET = { Ref: 'AWS::NoValue' };

function functionOf(lambda: Properties, Metadata?: Properties) {
  const resources = cdkResources({ lambda });
  const changed =
    Metadata === undefined ? resources.FlightsFunction0FD0E4 : { ...resources.FlightsFunction0FD0E4, Metadata };
  const stack = stackOf(folder.path, { Resources: { ...resources, FlightsFunction0FD0E4: changed } });
  return readKafkaMappings(stack)[0]?.function;
}

describe('a function is read as a deployment would have it', () => {
  test.each<[string, Properties, object]>([
    [
      'its log group',
      { LoggingConfig: { LogGroup: { Ref: 'FlightsFunction0FD0E4' } } },
      { logGroupName: 'FlightsFunction0FD0E4' },
    ],
    [
      'numbers and switches in its environment',
      { Environment: { Variables: { A: 1, B: true, C: UNSET } } },
      { environment: { A: '1', B: 'true' } },
    ],
    [
      'its defaults',
      { Timeout: UNSET, MemorySize: UNSET, Environment: UNSET },
      { timeoutMs: 3000, memoryMb: 128, environment: {} },
    ],
    [
      'what is not read needs no local value',
      { VpcConfig: { 'Fn::ImportValue': 'vpc' }, Code: { S3Bucket: { 'Fn::ImportValue': 'b' }, S3Key: 'k' } },
      { handler: 'index.handler' },
    ],
  ])('%s', (_, lambda, expected) => {
    expect(functionOf(lambda)).toMatchObject(expected);
  });

  test.each<[string, Properties, Properties | undefined, string, string[]]>([
    ['a container image', { PackageType: 'Image' }, undefined, 'UNSUPPORTED', ['.PackageType', 'container image']],
    ['an image by its address', { Code: { ImageUri: 'x' } }, undefined, 'UNSUPPORTED', ['container image']],
    ['another runtime', { Runtime: 'python3.13' }, undefined, 'UNSUPPORTED', ['.Runtime is "python3.13"', 'Node.js']],
    ['no handler', { Handler: UNSET }, undefined, 'INVALID', ['.Handler is missing']],
    ['inline code', { Code: { ZipFile: 'exports' } }, {}, 'UNSUPPORTED', ['.Code.ZipFile', 'inline', 'fromAsset']],
    ['no code', { Code: {} }, {}, 'INVALID', ['.Code', 'names no code']],
    ['more than 14 minutes', { Timeout: 841 }, undefined, 'INVALID', ['.Timeout is 841', '1 to 840']],
    [
      'a variable that is a list',
      { Environment: { Variables: { A: ['a'] } } },
      undefined,
      'INVALID',
      ['.Variables.A is ["a"]'],
    ],
    [
      'a variable without a local value',
      { Environment: { Variables: { A: { 'Fn::ImportValue': 'x' } } } },
      undefined,
      'UNSUPPORTED',
      ['Environment.Variables.A.Fn::ImportValue'],
    ],
    [
      'a folder that is gone',
      {},
      { 'aws:asset:path': 'asset.gone' },
      'INVALID',
      ['asset.gone, which does not exist', 'Run `cdk synth`; bundling was skipped'],
    ],
    [
      'a file instead of a folder',
      {},
      { 'aws:asset:path': 'Demo.template.json' },
      'UNSUPPORTED',
      ['is the file', 'folder'],
    ],
  ])('or refused: %s', (_, lambda, metadata, code, words) => {
    // Prepare, act
    const refused = refusal(() => functionOf(lambda, metadata));

    // Assess
    expect(refused.code).toBe(`MSK_ONCE_TEMPLATE_${code}`);
    for (const word of words) expect(refused.message).toContain(word);
  });
});

describe('its code is found', () => {
  /** The bucket is not read: it has no local value. */
  const code = { S3Bucket: { 'Fn::ImportValue': 'bucket' }, S3Key: 'flights.zip' };
  const templateWith = (metadata: Properties) => {
    const resources = cdkResources({ lambda: { Code: code } });
    return {
      Resources: { ...resources, FlightsFunction0FD0E4: { ...resources.FlightsFunction0FD0E4, Metadata: metadata } },
    };
  };
  const manifest = {
    artifacts: {
      Demo: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Demo.template.json' } },
      'Demo.assets': { type: 'cdk:asset-manifest', properties: { file: 'Demo.assets.json' } },
    },
  };
  const assets = {
    files: {
      made: { source: { executable: ['zip'] }, destinations: { here: { objectKey: 'other.zip' } } },
      flights: { source: { path: 'code', packaging: 'zip' }, destinations: { here: { objectKey: 'flights.zip' } } },
    },
  };
  test.each<[string, Record<string, unknown>, string, string]>([
    [
      'by the note of the CDK',
      { 'Demo.template.json': templateWith({ 'aws:asset:path': 'noted' }), 'noted/i.mjs': '' },
      '.',
      'noted',
    ],
    ['by the asset manifest', { 'Demo.template.json': templateWith({}), 'code/i.mjs': '' }, '.', 'code'],
    [
      'by the asset manifest beside a single template',
      { 'Demo.template.json': templateWith({}), 'code/i.mjs': '' },
      'Demo.template.json',
      'code',
    ],
    [
      'by the hash in its key',
      { 'Demo.template.json': templateWith({}), 'Demo.assets.json': '{}', 'asset.flights/i.mjs': '' },
      '.',
      'asset.flights',
    ],
    [
      'not by a note on another property',
      {
        'Demo.template.json': templateWith({ 'aws:asset:path': 'noted', 'aws:asset:property': 'Other' }),
        'code/i.mjs': '',
      },
      '.',
      'code',
    ],
  ])('%s', (_, files, path, expected) => {
    // Prepare
    const directory = mkdtempSync(join(folder.path, 'cdk.out-'));
    write(directory, { 'manifest.json': manifest, 'Demo.assets.json': assets, ...files });

    // Act
    const [mapping] = readKafkaMappings(readStack(join(directory, path)));

    // Assess
    expect(mapping?.function.assetPath).toBe(join(directory, expected));
  });
});
