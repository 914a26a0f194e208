import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { KafkaSockets } from '../../../local/broker/kafka-sockets';

let server: Server;
let port: number;
let connected = 0;
let ended: Promise<unknown>[] = [];
beforeEach(async () => {
  connected = 0;
  ended = [];
  server = createServer((socket) => {
    connected += 1;
    ended.push(once(socket.resume(), 'close'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** As the types of kafkajs have it; it hands over no `ssl` where none is configured. */
const plain = undefined as unknown as Parameters<KafkaSockets['factory']>[0]['ssl'];

function open(sockets: KafkaSockets) {
  return new Promise<void>((resolve, reject) => {
    sockets.factory({ host: '127.0.0.1', port, ssl: plain, onConnect: resolve }).once('error', reject);
  });
}

test('ends every connection that the client has left open', async () => {
  const sockets = new KafkaSockets();
  await Promise.all([open(sockets), open(sockets), open(sockets)]);

  sockets.close();

  while (connected < 3) await once(server, 'connection');
  await Promise.all(ended);
});

test('opens none once it is closed', async () => {
  const sockets = new KafkaSockets();
  sockets.close();

  await expect(open(sockets)).rejects.toThrow('closed');
});
