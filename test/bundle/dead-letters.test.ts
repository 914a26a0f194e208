import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { DEPLOYED } from '../../bench/measure/bundles';
import { BUNDLED } from '../../contract/bundle';
import { letter, letterOfBytes } from '../handlers/dead-letters/letters';
import { startSqsHttp } from '../handlers/dead-letters/sqs-http';
import { PROJECT } from '../support/project';
import { S3_KEYS, startS3 } from '../support/s3-stand-in';

interface Bundle {
  readonly metafile: Metafile;
  readonly code: Uint8Array;
}

/** As a function that has dead letters is bundled. */
async function bundled(define: BuildOptions['define'] = {}): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    ...DEPLOYED,
    absWorkingDir: PROJECT,
    stdin: {
      contents: "export { deadLettersFrom } from './handlers/dead-letters/dead-letters-from';",
      resolveDir: PROJECT,
      loader: 'ts',
    },
    define,
    metafile: true,
    write: false,
  });
  return { metafile, code: outputFiles[0]?.contents as Uint8Array };
}

/** Clients whose code is in the bundle. */
const clientsIn = ({ outputs }: Metafile) => {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const found = inputs.flatMap(([input, { bytesInOutput }]) => {
    const [, client] = /node_modules\/@aws-sdk\/(client-[a-z0-9]+)\//.exec(input) ?? [];
    return client === undefined || bytesInOutput === 0 ? [] : [client];
  });
  return [...new Set(found)].toSorted();
};

describe('a bundle', () => {
  test('holds the clients of both stores where nothing is said of them', async () => {
    expect(clientsIn((await bundled()).metafile)).toEqual(['client-s3', 'client-sqs']);
  });

  test.each([
    [[BUNDLED.s3], ['client-sqs'], 450],
    [[BUNDLED.sqs], ['client-s3'], 600],
    [[BUNDLED.sqs, BUNDLED.s3], [], 50],
  ] as const)('with %j defined as false holds %j', async (names, clients, maximumKilobytes) => {
    const { metafile, code } = await bundled(Object.fromEntries(names.map((name) => [name, 'false'])));

    expect(clientsIn(metafile)).toEqual(clients);
    expect(code.length / 1_024).toBeLessThan(maximumKilobytes);
  });

  test('loads a client with the first letter, and not with the function', async () => {
    const { inputs } = (await bundled()).metafile;

    const importers = Object.entries(inputs).flatMap(([file, { imports }]) =>
      file.startsWith('handlers/')
        ? imports.filter(({ path }) => path.includes('@aws-sdk/')).map(({ kind }) => [file, kind])
        : [],
    );
    expect(importers.toSorted()).toEqual([
      ['handlers/dead-letters/s3-client.ts', 'dynamic-import'],
      ['handlers/dead-letters/sqs-client.ts', 'dynamic-import'],
    ]);
  });
});

/** What a process in which no package is installed says of letters that it puts. */
async function answersOf({ code }: Bundle, place: object, env: Record<string, string>): Promise<unknown> {
  const folder = mkdtempSync(path.join(tmpdir(), 'msk-once-letters-'));
  try {
    writeFileSync(path.join(folder, 'index.mjs'), code);
    const deadLetters = { place, hasSqsEndpoint: true, hasS3Endpoint: true };
    const script = `
      import { deadLettersFrom } from './index.mjs';
      const letters = ${JSON.stringify([letter(), letterOfBytes(1_100_000)])};
      const answers = await deadLettersFrom(${JSON.stringify({ deadLetters })}).put(letters, { requestTimeoutMs: 20000 });
      console.log(JSON.stringify(answers.map(({ kind, error }) => error?.code ?? kind)));
      process.exit();
    `;
    writeFileSync(path.join(folder, 'run.mjs'), script);
    const { stdout } = await promisify(execFile)(process.execPath, ['run.mjs'], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', AWS_REGION: 'eu-west-1', ...S3_KEYS, ...env },
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) as string);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('what is bundled', () => {
  const queue = { url: 'https://sqs.eu-west-1.amazonaws.com/111122223333/q', isFifo: false };
  const bucket = { bucket: 'letters', prefix: '' };

  test('writes letters to both stores', async () => {
    const [sqs, s3] = await Promise.all([startSqsHttp(), startS3()]);
    try {
      await s3.createBucket('letters');
      const env = { AWS_ENDPOINT_URL_SQS: sqs.endpoint, AWS_ENDPOINT_URL_S3: s3.endpoint };

      expect(await answersOf(await bundled(), { queue, bucket }, env)).toEqual(['written', 'written']);
      expect(sqs.requests.flatMap(({ body }) => body.Entries)).toHaveLength(2);
      expect(Object.keys(await s3.objects('letters'))).toHaveLength(1);
    } finally {
      await Promise.all([sqs.stop(), s3.stop()]);
    }
  });

  test.each([
    [{ queue }, BUNDLED.sqs],
    [{ bucket }, BUNDLED.s3],
  ])('refuses the letters for %j without its client', async (place, name) => {
    const refusal = 'MSK_ONCE_DEAD_LETTERS_NOT_BUNDLED';
    const large = 'queue' in place ? 'MSK_ONCE_LETTER_TOO_LARGE' : refusal;

    expect(await answersOf(await bundled({ [name]: 'false' }), place, {})).toEqual([refusal, large]);
  });
});
