// Adds up what the test runs counted, and closes with the line that CI reads.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const [directory, status] = process.argv.slice(2);
const counts = readdirSync(directory).map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')));
const sum = (name) => counts.reduce((total, count) => total + count[name], 0);
// A step that failed without a failing test still fails.
const failed = Math.max(sum('failed'), status === '0' ? 0 : 1);
const skipped = sum('skipped') === 0 ? '' : `, ${sum('skipped')} skipped`;
console.log(`\n${sum('passed')} passed, ${failed} failed${skipped}`);
process.exitCode = Number(status) || (failed > 0 ? 1 : 0);
