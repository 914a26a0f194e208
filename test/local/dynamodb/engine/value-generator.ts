import { below, type SeededRandom } from '../../../../local/seeded-random';

const NUMBERS = [
  '0',
  '1',
  '-1',
  '2',
  '5',
  '1.0',
  '0.1',
  '0.2',
  '-0.30',
  '+7',
  '.5',
  '5.',
  '1e3',
  '-2E-3',
  '9223372036854775807',
  '9223372036854775806',
  '-9223372036854775808',
  '99999999999999999999999999999999999999',
  '1e125',
  '1e60',
  '1e-130',
  '12345678901234567890.123456789',
];
const MALFORMED_VALUES: readonly unknown[] = [
  { N: 'abc' },
  { N: '' },
  { N: '1e126' },
  { N: '1e-131' },
  { N: '123456789012345678901234567890123456789' },
  { SS: [] },
  { NS: [] },
  { SS: ['a', 'a'] },
  { NS: ['1', '1.0'] },
  { NULL: false },
  {},
  { S: 'a', N: '1' },
];

export const STRINGS = ['', 'a', 'ab', 'b', 'héllo', '日本', 'k0'];
export const NAMES = ['n', 'm', 's', 'ss', 'ns', 'bs', 'l', 'd', 'b', 'z', 'q'];
/** Into documents, and into what is none. */
export const RAW_PATHS = [
  'd.x',
  'd.y',
  'd.l[0]',
  'l[0]',
  'l[1]',
  'l[7]',
  'z.x',
  'n.x',
  's[0]',
  'l.x',
  'd[0]',
  'd.l',
  'id',
];

/** Values with everything that is hard about them, by a seed. */
export class ValueGenerator {
  constructor(readonly random: SeededRandom) {}

  pick<Value>(values: readonly Value[]): Value {
    return values[below(this.random, values.length)] as Value;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  weighted<Value>(choices: readonly (readonly [weight: number, value: Value])[]): Value {
    let left = this.random() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    return (choices[0] as readonly [number, Value])[1];
  }

  /** A value, now and then one that is refused. */
  value(depth = 0): unknown {
    if (this.chance(0.015)) return this.pick(MALFORMED_VALUES);
    return this.weighted<() => unknown>([
      [8, () => this.number()],
      [6, () => ({ S: this.pick(STRINGS) })],
      [2, () => ({ BOOL: this.chance(0.5) })],
      [1, () => ({ NULL: true })],
      [2, () => ({ SS: this.subset(['a', 'b', 'c', '日本']) })],
      [2, () => ({ NS: this.subset(['1', '2.0', '9223372036854775807', '-1', '10']) })],
      [1, () => ({ B: this.pick(['YQ==', 'YWI=', '/w==']) })],
      [1, () => ({ BS: this.subset(['YQ==', 'YWI=', '/w==']) })],
      [depth > 1 ? 0 : 3, () => ({ L: this.several(0, 3, () => this.value(depth + 1)) })],
      [
        depth > 1 ? 0 : 3,
        () => ({ M: { x: this.value(depth + 1), ...(this.chance(0.5) && { l: { L: [this.number()] } }) } }),
      ],
    ])();
  }

  number(): { N: string } {
    return { N: this.pick(this.chance(0.6) ? ['0', '1', '2', '5', '1.0'] : NUMBERS) };
  }

  subset(values: readonly string[]): string[] {
    const chosen = values.filter(() => this.chance(0.5));
    return chosen.length === 0 ? [values[0] as string] : chosen;
  }

  several<Value>(minimum: number, maximum: number, make: () => Value): Value[] {
    return Array.from({ length: minimum + below(this.random, maximum - minimum + 1) }, make);
  }
}
