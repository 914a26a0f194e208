import fc from 'fast-check';
import { seededRandom } from '../../../local/seeded-random';
import { INTERFERENCES, type Interference, type Place, ReplayDirector } from '../../../local/simulator/decision';
import { RandomDirector } from '../../../local/simulator/random-director';
import { randomWeather, STORM } from '../../../local/simulator/weather';
import { plainPlan } from './plans';

const PLACES = Object.keys(INTERFERENCES) as Place[];
const PLAN = plainPlan({ partitions: [[{ id: 'a', amount: 1 }], [{ id: 'b', amount: 1 }]] });

/** What a director decides at so many places of each kind. */
function decided(seed: number, times = 300) {
  const random = seededRandom(seed);
  const director = new RandomDirector(random, PLAN, seed % 3 === 0 ? STORM : randomWeather(random));
  const asked = Array.from({ length: times }, (_, n) =>
    PLACES.map((place) => [place, `w ${place}#${n}`] as const),
  ).flat();
  return { director, asked, given: asked.map(([place, at]) => director.decide(place, at)) };
}

test('what is decided fits its place, is written down, and is decided again by the replay', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { director, asked, given } = decided(seed);

      given.forEach((decision, index) => {
        const [place, at] = asked[index] as (typeof asked)[number];
        if (decision === undefined) return;
        expect(INTERFERENCES[place]).toContain(decision.do);
        expect(decision.at).toBe(at);
      });
      expect(director.decisions).toEqual(given.filter((decision) => decision !== undefined));
      const replay = new ReplayDirector(JSON.parse(JSON.stringify(director.decisions)));
      expect(asked.map(([place, at]) => replay.decide(place, at))).toEqual(given);
    }),
    { numRuns: 50 },
  );
});

test('bad times end: after some faults nothing but the order of what is due is interfered with', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { director } = decided(seed, 2_000);

      expect(director.decisions.filter(({ do: what }) => what !== 'switch').length).toBeLessThanOrEqual(20);
    }),
    { numRuns: 20 },
  );
});

test('every interference comes up somewhere', () => {
  const seen = new Set<Interference>();
  for (let seed = 0; seed < 200; seed += 1)
    for (const decision of decided(seed).director.decisions) seen.add(decision.do);

  expect([...seen].sort()).toEqual([...new Set(Object.values(INTERFERENCES).flat())].sort());
});
