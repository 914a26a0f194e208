const { existsSync } = require('node:fs');
const { join } = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

/**
 * The files that take longest, by far. Where Jest does not know how long files took it begins with those that are
 * large, and a small one that takes minutes would be left for the end, while the other workers have nothing to do.
 */
const LONGEST = [
  'test/simulator/planted-bugs.test.ts',
  'test/scenarios/demo.test.ts',
  'test/scenarios/every-crash.test.ts',
  'test/scenarios/every-place.test.ts',
  'test/scenarios/permissions.test.ts',
  'test/scenarios/planted-bugs.test.ts',
  'test/bin/commands/local-bad-input.test.ts',
  'test/bin/commands/local-event.test.ts',
  'test/bin/commands/simulate.test.ts',
  'test/bin/simulator/simulation.test.ts',
  'test/handlers/process/chaos.test.ts',
  'test/handlers/process/modes.test.ts',
  'test/handlers/process/bad-input-large.test.ts',
  'test/local/oracle/model.test.ts',
  'test/docs/readme.test.ts',
].map((file) => join(__dirname, '..', '..', file));

for (const file of LONGEST) if (!existsSync(file)) throw new Error(`${file} is gone: take it out of longest-first.js`);

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => (LONGEST.includes(path) ? LONGEST.indexOf(path) : LONGEST.length);
    // Stable: the others keep the order that Jest gives them.
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
};
