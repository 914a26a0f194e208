import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionOf } from '../../../handlers/entry/shared/kafka-connection';
import { madeUpFlights } from '../../../handlers/entry/shared/made-up-flights';
import { type PlacedMessage, writeMessages } from '../../../handlers/entry/shared/write-messages';
import { bundleFunction } from '../../support/bundled-function';

describe('made-up flights', () => {
  test('are the same for the same seed, others for another, and all different', () => {
    const flights = madeUpFlights(300, 1);

    expect(madeUpFlights(300, 1)).toEqual(flights);
    expect(madeUpFlights(300, 2)).not.toEqual(flights);
    expect(new Set(flights.map((flight) => JSON.stringify(flight))).size).toBe(300);
  });

  test('are flights that the function counts: flown, and from one airport to another', () => {
    for (const { date, delay, origin, destination } of madeUpFlights(300, 7)) {
      expect(date).toMatch(/^2001-0[1-3]-\d\d$/);
      expect(Number.isInteger(delay)).toBe(true);
      expect(origin).toMatch(/^[A-Z]{3}$/);
      expect(destination).not.toBe(origin);
    }
  });
});

describe('messages', () => {
  const messages = (count: number): PlacedMessage[] =>
    Array.from({ length: count }, (_, index) => ({ partition: index % 2, key: 'k', value: String(index) }));

  test('go out in requests of at most 500, one after the other', async () => {
    let running = 0;
    const sizes: number[] = [];

    await writeMessages(messages(1_200), async (batch) => {
      running += 1;
      expect(running).toBe(1);
      sizes.push(batch.length);
      await new Promise(setImmediate);
      running -= 1;
      return [0, 1];
    });

    expect(sizes).toEqual([500, 500, 200]);
  });

  test('of a partition that the answer does not name are sent again, before any that follow', async () => {
    const sent: string[] = [];

    await writeMessages(messages(502), async (batch) => {
      sent.push(`${batch.length} from ${batch[0]?.value}`);
      return sent.length === 1 ? [1] : [0, 1];
    });

    expect(sent).toEqual(['500 from 0', '250 from 0', '2 from 500']);
  });

  test('that no answer says are written are an error, which names their partitions', async () => {
    await expect(writeMessages(messages(4), async () => [1])).rejects.toThrow(
      'do not say that partitions 0 were written',
    );
  });
});

describe('the connection', () => {
  const env = {
    FLIGHTS_BROKERS: 'b-1.example:9098,b-2.example:9098',
    FLIGHTS_TOPIC: 'flights',
    FLIGHTS_SECURITY: 'iam',
    AWS_REGION: 'eu-west-1',
  };

  test('with IAM is TLS, with a token that is signed for the cluster in its region', async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    try {
      const { config, topic } = connectionOf(env);
      const sasl = config.sasl as unknown as { mechanism: string; oauthBearerProvider(): Promise<{ value: string }> };
      const { value } = await sasl.oauthBearerProvider();
      const url = new URL(Buffer.from(value, 'base64url').toString());

      expect({ topic, brokers: config.brokers, ssl: config.ssl, mechanism: sasl.mechanism }).toEqual({
        topic: 'flights',
        brokers: ['b-1.example:9098', 'b-2.example:9098'],
        ssl: true,
        mechanism: 'oauthbearer',
      });
      expect(url.host).toBe('kafka.eu-west-1.amazonaws.com');
      expect(url.searchParams.get('Action')).toBe('kafka-cluster:Connect');
      expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^AKIDEXAMPLE\//);
    } finally {
      Object.assign(process.env, {
        AWS_ACCESS_KEY_ID: AWS_ACCESS_KEY_ID ?? '',
        AWS_SECRET_ACCESS_KEY: AWS_SECRET_ACCESS_KEY ?? '',
      });
      if (AWS_ACCESS_KEY_ID === undefined) delete process.env.AWS_ACCESS_KEY_ID;
      if (AWS_SECRET_ACCESS_KEY === undefined) delete process.env.AWS_SECRET_ACCESS_KEY;
    }
  });

  test('without security is plain text, for a broker of the developer', () => {
    expect(connectionOf({ ...env, FLIGHTS_SECURITY: 'none' }).config).not.toHaveProperty('sasl');
  });

  test.each(['FLIGHTS_BROKERS', 'FLIGHTS_TOPIC', 'FLIGHTS_SECURITY', 'AWS_REGION'])('is refused without %s', (name) => {
    expect(() => connectionOf({ ...env, [name]: '' })).toThrow(`${name} is not set: the stack sets it`);
  });

  test('is refused with a security that it does not know', () => {
    expect(() => connectionOf({ ...env, FLIGHTS_SECURITY: 'tls' })).toThrow(
      'FLIGHTS_SECURITY is "tls", accepted is iam or none',
    );
  });
});

test('its bundle loads where no package is installed, and refuses an order that it cannot carry out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'msk-once-producer-'));
  try {
    await bundleFunction('handlers/entry/producer.ts', folder);
    const script = join(folder, 'run.mjs');
    writeFileSync(
      script,
      `import { handler } from './index.mjs';
       console.log(await handler({ flights: 1.5 }).catch(({ message }) => message));`,
    );

    const env = {
      PATH: process.env.PATH,
      FLIGHTS_BROKERS: 'x:1',
      FLIGHTS_TOPIC: 't',
      FLIGHTS_SECURITY: 'iam',
      AWS_REGION: 'eu-west-1',
    };
    const output = execFileSync(process.execPath, [script], { cwd: folder, env, encoding: 'utf8' });

    expect(output).toBe('flights is 1.5, accepted is a whole number up to 20000\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
