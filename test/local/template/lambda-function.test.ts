// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKafkaMappings } from '../../../local/template/kafka-mappings';
import { readStack } from '../../../local/template/stack';
import { cdkResources, type Properties, refusal, stackOf, temporaryFolder, write } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const UNSET = { Ref: 'AWS::NoValue' };
const INLINE = 'exports.handler = async () => 1;';

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
    ['a time-out that a mapping may not have, which is not judged here', { Timeout: 900 }, { timeoutMs: 900_000 }],
    ['layers taken back', { Layers: [UNSET] }, { handler: 'index.handler' }],
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
    ['no code', { Code: {} }, {}, 'INVALID', ['.Code', 'names no code']],
    [
      'code in a bucket',
      { Code: { S3Bucket: 'artifacts', S3Key: 'a/b.zip' } },
      {},
      'UNSUPPORTED',
      [
        '.Code is {"S3Bucket":"artifacts","S3Key":"a/b.zip"}: the code lies in a bucket',
        'before the upload',
        'sam build',
      ],
    ],
    [
      'code at an address',
      { Code: { 'Fn::Sub': 's3://artifacts-${AWS::Region}/b.zip' } },
      {},
      'UNSUPPORTED',
      ['.Code is s3://artifacts-us-east-1/b.zip', 'bucket'],
    ],
    [
      'layers',
      { Layers: ['arn:aws:lambda:us-east-1:1:layer:powertools:7'] },
      undefined,
      'UNSUPPORTED',
      ['.Layers is ["arn:aws:lambda:us-east-1:1:layer:powertools:7"]', 'would not be found', 'the AWS SDK'],
    ],
    [
      'code that SAM has not built',
      { Handler: 'src/app.handler' },
      { 'aws:asset:path': 'asset.flights', BuildMethod: 'esbuild' },
      'INVALID',
      ['.Code is ', 'asset.flights, which has no src/app.js', 'BuildMethod "esbuild"', '.aws-sam/build/template.yaml'],
    ],
    [
      'more than 15 minutes',
      { Timeout: 901 },
      undefined,
      'INVALID',
      ['.Timeout is 901', '1 to 900', "Value '901' at 'timeout'"],
    ],
    ['too little memory', { MemorySize: '64' }, undefined, 'INVALID', ['.MemorySize is "64"', '128 to 10240']],
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
      ['asset.gone, which does not exist', 'Run `cdk synth` or `sam build`; bundling was skipped'],
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

describe('code that the template holds', () => {
  const read = (directory: string, code: string) => {
    const resources = cdkResources({ lambda: { Code: { ZipFile: code } } });
    const lambda = { ...resources.FlightsFunction0FD0E4, Metadata: {} };
    write(directory, { 'Demo.template.json': { Resources: { ...resources, FlightsFunction0FD0E4: lambda } } });
    const [mapping] = readKafkaMappings(readStack(join(directory, 'Demo.template.json')));
    return mapping?.function.assetPath ?? '';
  };

  test('is put into index.js of a folder in the temporary one', () => {
    // Prepare
    const directory = mkdtempSync(join(folder.path, 'inline-'));

    // Act
    const path = read(directory, INLINE);

    // Assess
    expect(path.startsWith(tmpdir())).toBe(true);
    expect(readFileSync(join(path, 'index.js'), 'utf8')).toBe(INLINE);
  });

  test('has one folder however often it is read, and another one when it changes', () => {
    // Prepare
    const directory = mkdtempSync(join(folder.path, 'inline-'));

    // Act
    const [first, again, changed] = [read(directory, INLINE), read(directory, INLINE), read(directory, `${INLINE} `)];

    // Assess
    expect(again).toBe(first);
    expect(changed).not.toBe(first);
  });

  test('finds the packages that the project of the template has, as Lambda has the SDK', () => {
    // Prepare
    const directory = mkdtempSync(join(folder.path, 'project-'));
    mkdirSync(join(directory, 'node_modules', 'sdk'), { recursive: true });
    mkdirSync(join(directory, 'infrastructure'));

    // Act
    const path = read(join(directory, 'infrastructure'), INLINE);

    // Assess
    expect(readdirSync(join(path, 'node_modules'))).toEqual(['sdk']);
    expect(realpathSync(join(path, 'node_modules'))).toBe(join(directory, 'node_modules'));
  });
});
