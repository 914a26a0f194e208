// Runs one program and ends it when standard input ends. The other end of that pipe is held by the process that
// wants the program, so the program ends with it even when that process was killed and could not clean up.
// Usage: node keeper.cjs <directory to remove at the end, or ''> <program> [arguments...]
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');

const KILL_AFTER_MS = 8_000;
const [directory, program, ...programArguments] = process.argv.slice(2);

const child = spawn(program, programArguments, { stdio: ['ignore', 'inherit', 'inherit'] });
let ending = false;

function end() {
  if (ending) return;
  ending = true;
  // The keeper leads its process group: the signal reaches what the program started, and not the keeper's own starter.
  process.kill(-process.pid, 'SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
}

function finish(code) {
  if (directory) rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
process.stdin.on('end', end);
process.stdin.on('error', end);
process.stdin.resume();
child.on('error', (error) => {
  console.error(error.message);
  finish(127);
});
child.on('exit', (code) => finish(code ?? 1));
