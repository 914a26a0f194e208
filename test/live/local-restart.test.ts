/** `msk-once local` over the death and return of its broker. */
import { connectKafka } from '../../local/broker/kafka';
import { Command, handler, project, template, temporaryFolder } from '../bin/commands/local-fixture';
import { OwnKafka } from '../support/own-kafka';

const folder = temporaryFolder();
let kafka: OwnKafka;
beforeAll(async () => {
  const quick = { 'broker.session.timeout.ms': '1000', 'broker.heartbeat.interval.ms': '300' };
  kafka = await OwnKafka.start({ properties: quick });
}, 240_000);
afterAll(async () => {
  await kafka?.stop();
  folder.remove();
});

test('goes on when the broker is back, ends by Ctrl-C, and its process with it', async () => {
  const broker = await connectKafka(kafka.address);
  await broker.createTopic('orders', 2);
  const produce = (value: string) => broker.produce('orders', [{ key: null, value: Buffer.from(value) }]);
  await produce('before');
  const cwd = project(folder.path, {
    'template.json': template(),
    'code/index.js': handler('for (const { value } of records) console.log("got " + value);'),
  });
  const command = new Command(cwd, ['--template', 'template.json', '--broker', kafka.address]);
  try {
    await command.until('got before');
    await kafka.kill();
    await kafka.start();
    await produce('after');
    await command.until('got after');

    command.signal('SIGINT');
    const { code, signal, out } = await command.ended;

    expect([code, signal]).toEqual([0, null]);
    expect(out).toContain('All is well.');
  } finally {
    command.signal('SIGKILL');
    await broker.close();
  }
}, 150_000);
