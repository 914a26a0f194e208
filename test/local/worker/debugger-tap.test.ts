import fc from 'fast-check';
import { DebuggerTap } from '../../../local/worker/debugger-tap';

const SWITCH = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
const LIST = Buffer.from('HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\n[ ]\n');

/** A frame as a server writes it. */
function frame(text: string, opcode = 1): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header.writeUInt8(0x80 | opcode, 0);
  header.writeUInt8(length < 126 ? length : length < 65_536 ? 126 : 127, 1);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

const event = (method: string, size: number) => JSON.stringify({ method, params: { callFrames: 'x'.repeat(size) } });

function heard(chunks: readonly Buffer[]): boolean[] {
  const told: boolean[] = [];
  const tap = new DebuggerTap((stopped) => told.push(stopped));
  for (const chunk of chunks) tap.hear(chunk);
  tap.end();
  return told;
}

const messages = fc.array(
  fc.record({
    method: fc.constantFrom('Debugger.paused', 'Debugger.resumed', 'Debugger.scriptParsed', 'Runtime.consoleAPICalled'),
    size: fc.constantFrom(0, 40, 90, 200, 70_000),
  }),
  { maxLength: 8 },
);

test('stops and goes on are told, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sent, cuts) => {
      const bytes = Buffer.concat([SWITCH, ...sent.map(({ method, size }) => frame(event(method, size)))]);
      const chunks: Buffer[] = [];
      for (let at = 0, n = 0; at < bytes.length; n += 1) {
        const length = cuts[n % cuts.length] ?? 1;
        chunks.push(bytes.subarray(at, at + length));
        at += length;
      }

      const states = sent.flatMap(({ method }) =>
        /paused|resumed/.test(method) ? [method === 'Debugger.paused'] : [],
      );
      const changes = [...states, false].filter(
        (state, index, all) => state !== (index === 0 ? false : all[index - 1]),
      );
      expect(heard(chunks)).toEqual(changes);
    }),
    { numRuns: 60 },
  );
});

test('what only speaks of stops is none', () => {
  const said = [
    JSON.stringify({ id: 3, result: { method: 'Debugger.paused' } }),
    JSON.stringify({ method: 'Runtime.consoleAPICalled', params: { text: '{"method":"Debugger.paused"' } }),
  ];

  expect(heard([SWITCH, ...said.map((text) => frame(text)), frame('', 9)])).toEqual([]);
});

test('a connection that only asks for the list of targets is no debugger', () => {
  expect(heard([LIST, frame(event('Debugger.paused', 0))])).toEqual([]);
  expect(heard([LIST, SWITCH, frame(event('Debugger.paused', 0))])).toEqual([true, false]);
});
