import type { Letter } from '../../../contract/letter';
import type { StoreFault } from '../../support/faulty-store';
import { RedriveWorld, WAYS, type Way } from '../../support/redrive-world';
import { event, failures, ids } from '../../support/virtual-world';

const FAULTS: readonly StoreFault[] = ['request lost', 'answer lost', 'late copy', 'throttled'];
const LETTERS = ['a', 'b', 'c'];
const NEVER = new Promise<never>(() => undefined);

/** What one schedule did, letter by letter. */
interface Seen {
  /** Redrives that answered that it ran now. */
  done: number;
  /** Attempt numbers, in the order of the runs. */
  readonly attempts: number[];
  /** How often a redrive answered that it has failed. */
  parked: number;
  /** Redrives that asked for it and did not come to run it: one that dies behind its claim counts. */
  unstarted: number;
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Redrives that die, meet each other and a bad connection, until good times come; gives what was wrong. */
async function violationsOf(way: Way, seed: number): Promise<string[]> {
  const random = mulberry32(seed);
  const given = await RedriveWorld.start(way, 'memory');
  const letters = await given.parks(ids(...LETTERS));
  const seen = new Map(
    letters.map(({ id }): [string, Seen] => [id, { done: 0, attempts: [], parked: 0, unstarted: 0 }]),
  );
  const violations: string[] = [];
  const nameOf = (offset: number) => letters.find(({ record }) => record.offset === offset)?.id ?? '';

  const redrive = async (some: readonly Letter[], isCalm: boolean) => {
    const connection = given.connection();
    const faultRate = isCalm ? 0 : random() * 0.3;
    const mortal = given.mortal(connection);
    connection.faults = {
      faultOf: ({ operation }) => {
        if (!isCalm && random() < 0.02) mortal.store.dead = true;
        // Nothing tells more than a commit that comes late.
        if (random() >= (operation === 'commit parked' ? 2 * faultRate : faultRate)) return undefined;
        const fault = FAULTS[Math.floor(random() * FAULTS.length)];
        if (fault !== 'late copy') return fault;
        // What was given up arrives when others may be at it.
        void given.w.time.sleep(random() * 60_000).then(() => connection.deliverLate());
        if (random() < 0.4) mortal.store.dead = true;
        return fault;
      },
      latencyMs: () => (isCalm ? 0 : Math.floor(random() * 300)),
    };
    const runs = new Set<string>();
    let isOver = false;
    const died = new Promise<undefined>((resolve) => {
      const look = async () => {
        while (!mortal.store.dead && !isOver) await given.w.time.sleep(500);
        resolve(undefined);
      };
      void look();
    });
    const hook = async ({ offset, attempt }: { readonly offset: number; readonly attempt: number }) => {
      runs.add(nameOf(offset));
      seen.get(nameOf(offset))?.attempts.push(attempt);
      await given.w.time.sleep(Math.floor(random() * 3_000));
      if (!isCalm && random() < 0.05) mortal.store.dead = true;
      if (mortal.store.dead) await NEVER;
      if (!isCalm && random() < 0.3) throw new Error('not yet');
    };
    const answered = await Promise.race([given.redrive(some, hook, {}, mortal), died]);
    isOver = true;
    for (const { id } of some) if (!runs.has(id)) (seen.get(id) as Seen).unstarted += 1;
    for (const { id, outcome } of answered ?? []) {
      const letter = seen.get(id);
      if (letter && outcome === 'done') letter.done += 1;
      if (letter && outcome === 'parked') letter.parked += 1;
      if (outcome === 'absent') violations.push(`${id} is absent`);
    }
    return answered;
  };
  const someOf = () => letters.filter(() => random() < 0.8);
  const poll = async (offset: number) => {
    const live = event({ 0: [{ value: { id: `live-${offset}` }, offset }] });
    if (failures(await given.handler(() => given.w.time.sleep(1_000))(live, given.w.context())).length > 0) {
      violations.push(`the poller was disturbed at ${offset}`);
    }
  };

  for (let round = 0; round < 3; round += 1) {
    await Promise.all([redrive(someOf(), false), redrive(someOf(), false), poll(10 + round)]);
    if (random() < 0.5) await given.w.time.sleep(Math.floor(random() * 30_000));
  }
  // Every lease of the dead runs out, and what is under way arrives.
  await given.w.time.sleep(120_000);
  await redrive(letters, true);
  const last = await redrive(letters, true);

  if (last?.some(({ outcome }) => outcome !== 'duplicate')) violations.push(`not done: ${JSON.stringify(last)}`);
  for (const [index, letter] of letters.entries()) {
    const { done, attempts, parked, unstarted } = seen.get(letter.id) as Seen;
    const effects = await given.effects(LETTERS[index] as string);
    const stored = await given.parked(letter);
    if (done > 1) violations.push(`${letter.id} ran ${done} times and was done each time`);
    if (effects < 1) violations.push(`${letter.id} had no effect`);
    if (given.isTransaction && effects !== 1) violations.push(`${letter.id} had ${effects} effects`);
    if (attempts.some((attempt, run) => attempt < (attempts[run - 1] ?? 2))) violations.push(`attempts ${attempts}`);
    // Every failure that was told is counted, and runs that ended untold may be: never more than were begun.
    const counted = (stored?.attempts ?? 0) - 1;
    if (counted < parked || counted > attempts.length + unstarted) {
      violations.push(`${counted} counted, ${parked} told, runs ${attempts}`);
    }
  }
  return violations;
}

describe.each(WAYS)('P6: under random schedules, remembering by %s', (way) => {
  test('each letter ends done, is told so once, and a transaction has its effect once', async () => {
    const found: string[] = [];
    for (let seed = 1; seed <= 40; seed += 1) {
      found.push(...(await violationsOf(way, seed)).map((violation) => `seed ${seed}: ${violation}`));
    }

    expect(found).toEqual([]);
  });
});
