/** docs/examples/batches.ts: what docs/batches.md shows compiles, and does what is said there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '../../contract/error-codes';
import { kafkaEvent, openRecords, type TestProcessor } from '../../testing';
import { ExampleProject } from '../support/example-project';
import { PROJECT } from '../support/project';

jest.mock(
  'msk-once/handlers',
  () => ({
    ...jest.requireActual('../../handlers'),
    // Everything outside of the function is in memory.
    processRecords: jest.requireActual<typeof import('../../testing')>('../../testing').testProcessor,
  }),
  { virtual: true },
);

const FILE = 'docs/examples/batches.ts';
const text = readFileSync(join(PROJECT, FILE), 'utf8');
const page = readFileSync(join(PROJECT, 'docs', 'batches.md'), 'utf8');

test('docs/batches.md shows the file as it is', () => {
  expect(page).toContain(`\`\`\`ts\n${text}\`\`\``);
});

test('every code on the page is one that there is', () => {
  const codes = page.match(/MSK_ONCE_[A-Z_]+/g) ?? [];

  expect(codes.length).toBeGreaterThan(0);
  for (const code of codes) expect(Object.values(ERROR_CODES)).toContain(code);
});

test('it compiles in the project of a user', () => {
  const project = new ExampleProject({ './handlers': 'handlers' });
  project.write('function.ts', text);

  const complaints = project.complaints();
  project.remove();

  expect(complaints).toEqual([]);
}, 120_000);

test('what the search service says of each product is what becomes of its record', async () => {
  const { handler } = jest.requireActual<{ handler: TestProcessor }>(`../../${FILE}`);
  const statuses: Record<string, number> = { p0: 201, p1: 400, p2: 503, p3: 409 };
  const sent: string[][] = [];
  const asked = jest.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
    const ids = [...String(init?.body).matchAll(/"_id":"(\w+)"/g)].map(([, id = '']) => id);
    sent.push(ids);
    return Response.json({ items: ids.map((id) => ({ index: { status: statuses[id] } })) });
  });
  const records = Object.keys(statuses).map((id) => ({ value: { id, name: 'tea' } }));

  const response = await handler.handle(kafkaEvent({ topic: 'products', records }));
  asked.mockRestore();

  expect(openRecords(response)).toEqual(['products-0@2']);
  expect(await handler.outcomes()).toEqual({
    'products-0@0': 'done',
    'products-0@1': 'parked',
    'products-0@2': 'open',
    'products-0@3': 'done',
  });
  expect(sent).toEqual([['p0', 'p1', 'p2', 'p3'], ['p2'], ['p2'], ['p2']]);
});
