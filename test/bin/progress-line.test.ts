import { progressLine } from '../../bin/progress-line';

function shown(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  return { line: progressLine(stream), text: () => written.join('') };
}

beforeEach(() => {
  jest.useFakeTimers({ now: 1_790_000_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

test('on a terminal the line changes in place, and what is said stands above it', () => {
  const { line, text } = shown(true);

  line.update('1 of 3');
  line.update('2 of 3');
  line.update('2 of 3');
  line.say('a fault');
  line.update('3 of 3');

  const clear = '\r\u001b[K';
  expect(text()).toBe(`  1 of 3${clear}  2 of 3${clear}a fault\n  3 of 3`);
});

test('elsewhere there is a line now and then, and everything that is said', () => {
  const { line, text } = shown(false);

  line.update('1 of 9');
  jest.advanceTimersByTime(1_999);
  line.update('2 of 9');
  line.say('a fault');
  jest.advanceTimersByTime(1);
  line.update('3 of 9');

  expect(text()).toBe('  1 of 9\na fault\n  3 of 9\n');
});
