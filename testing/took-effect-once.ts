import { AssertionError } from 'node:assert';
import { type RecordRef, recordName } from './record-name';

const NAMED = 20;

/**
 * Each expected effect happened exactly once, and no other one: in any order. Effects are named by whatever tells them
 * apart: an order's number, or the record.
 *
 * @param effects what happened, one entry each time that it did
 * @throws AssertionError that names what was lost, what happened more than once, and what nobody expected
 */
export function assertTookEffectOnce(
  effects: Iterable<RecordRef | number | bigint>,
  expected: Iterable<RecordRef | number | bigint>,
): void {
  const actual = [...effects].map(nameOf);
  const wanted = new Set([...expected].map(nameOf));
  const times = new Map<string, number>();
  for (const name of actual) times.set(name, (times.get(name) ?? 0) + 1);
  const lost = [...wanted].filter((name) => !times.has(name));
  const repeated = [...times].filter(([, count]) => count > 1).map(([name, count]) => `${name} (${count} times)`);
  const others = [...times.keys()].filter((name) => !wanted.has(name));
  const faults = [
    ...line('did not happen', lost),
    ...line('happened more than once', repeated),
    ...line('nobody expected', others),
  ];
  if (faults.length === 0) return;
  throw new AssertionError({
    message: `Effects did not happen exactly once\n${faults.join('\n')}`,
    actual: [...actual].sort(),
    expected: [...wanted].sort(),
    operator: 'assertTookEffectOnce',
    stackStartFn: assertTookEffectOnce,
  });
}

const nameOf = (effect: RecordRef | number | bigint) =>
  typeof effect === 'object' ? recordName(effect) : String(effect);

function line(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : '';
  return [`  ${what}: ${names.slice(0, NAMED).join(', ')}${more}`];
}
