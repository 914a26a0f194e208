import { ARN, deploy, temporaryFolder, Workers } from './worker-fixture';

const folder = temporaryFolder();
const workers = new Workers();
afterEach(() => workers.killAll());
afterAll(() => folder.remove());

const SHOW = `
  const loadedAt = Date.now();
  class Later extends Date {}
  export const handler = async (event, context) => ({
    ahead: {
      loadedAt,
      now: Date.now(),
      date: new Date().getTime(),
      text: Date.parse(Date()),
      subclass: new Later().getTime(),
      ofADate: new (new Date(0).constructor)().getTime(),
      origin: performance.timeOrigin + performance.now(),
    },
    given: [new Date(5).getTime(), new Date('1970-01-02').getTime(), new Date(1970, 0, 1, 0, 0, 7).getTime(), Date.UTC(1970, 0)],
    isDate: [new Date() instanceof Date, new Later() instanceof Later, new Date().constructor === Date],
    argv: process.argv.length,
    remaining: context.getRemainingTimeInMillis(),
  });`;

interface Shown {
  readonly ahead: Record<string, number>;
  readonly given: number[];
  readonly isDate: boolean[];
  readonly argv: number;
  readonly remaining: number;
}

const HOUR_MS = 3_600_000;

test.each([
  ['ahead', HOUR_MS],
  ['behind', -HOUR_MS],
  ['right', 0],
])(
  'a clock that is %s is so for everything that tells the time, and not for the deadline',
  async (_, clockOffsetMs) => {
    // Prepare
    const lambda = deploy(folder.path, { 'index.mjs': SHOW }, { timeoutMs: 20_000 });
    const worker = workers.start({ function: lambda, clockOffsetMs });
    const before = Date.now();

    // Act
    const result = await worker.invoke({}, { invokedFunctionArn: ARN });

    // Assess
    const after = Date.now();
    const { ahead, given, isDate, argv, remaining } = (result as { payload: Shown }).payload;
    for (const [name, atMs] of Object.entries(ahead)) {
      // A date in words has no milliseconds.
      expect([name, atMs - clockOffsetMs >= before - 1_000 && atMs - clockOffsetMs <= after + 1_000]).toEqual([
        name,
        true,
      ]);
    }
    expect(given).toEqual([5, 86_400_000, 7_000, 0]);
    expect(isDate).toEqual([true, true, true]);
    expect(argv).toBe(2);
    expect(remaining).toBeGreaterThan(10_000);
    expect(remaining).toBeLessThanOrEqual(20_000);
  },
);
