/** Writes on an idempotency table, whoever made them: what they say of claims, leases and marks. */
import { claimOnTheWire } from '../../../local/oracle/claims-on-the-wire';
import type { WireItem, Write } from '../../../local/oracle/wire/write';

const SENDER = { worker: 'w1', atMs: 1_000 };
const KEY = { id: { S: 'a' } };

const write = (sets: WireItem, more: Partial<Write> = {}): Write => ({
  kind: 'update',
  table: 'Memory',
  key: KEY,
  sets,
  computes: [],
  removes: [],
  ...more,
});

const read = (sets: WireItem, more?: Partial<Write>) => claimOnTheWire(write(sets, more), SENDER);

const OURS = { worker: 'w1', identity: 'a' };

test.each<[string, WireItem, object | undefined]>([
  [
    'something in progress is a claim',
    { status: { S: 'INPROGRESS' }, owner: { S: 't' }, in_progress_expiration: { N: '6000' }, expiration: { N: '9' } },
    { kind: 'claim', ...OURS, atMs: 1_000, leaseUntilMs: 6_000 },
  ],
  [
    "a stock layer's too, and without a lease it holds until it expires",
    { status: { S: 'INPROGRESS' }, expiration: { N: '9' } },
    { kind: 'claim', ...OURS, atMs: 1_000, leaseUntilMs: 9_000 },
  ],
  ['what is completed is a mark', { status: { S: 'COMPLETED' }, outcome: { S: 'done' } }, { kind: 'mark', ...OURS }],
  [
    'which is remembered until it expires',
    { status: { S: 'COMPLETED' }, expiration: { N: '9' } },
    { kind: 'mark', ...OURS, rememberedUntilMs: 9_000 },
  ],
  [
    'another end of the lease is a lease',
    { in_progress_expiration: { N: '9000' }, expiration: { N: '9' } },
    { kind: 'lease', ...OURS, leaseUntilMs: 9_000 },
  ],
  [
    'and one in the past as well',
    { attempts: { N: '1' }, in_progress_expiration: { N: '0' } },
    { kind: 'lease', ...OURS, leaseUntilMs: 0 },
  ],
  ['anything else says nothing', { attempts: { N: '1' } }, undefined],
])('%s', (_, sets, expected) => {
  expect(read(sets)).toEqual(expected);
});

test('a record that is deleted was given back', () => {
  expect(read({}, { kind: 'delete' })).toEqual({ kind: 'lease', ...OURS, leaseUntilMs: 0 });
});

test.each<[string, WireItem, Partial<Write>, string]>([
  ['an item without an id', {}, { key: {} }, 'one that names its item by id'],
  ['a computed status', {}, { computes: ['status'] }, 'The attribute status of a claim cannot be read'],
  ['a computed lease', {}, { computes: ['in_progress_expiration'] }, 'The attribute in_progress_expiration'],
  ['a lease that is no number', { in_progress_expiration: { S: 'soon' } }, {}, 'in_progress_expiration cannot be read'],
  ['a claim without an end', { status: { S: 'INPROGRESS' } }, {}, 'The lease of a claim'],
])('%s is an error', (_, sets, more, words) => {
  expect(() => read(sets, more)).toThrow(words);
});
