import { startStub } from './server';

/** The stub as a process of its own: it takes the delay in milliseconds and says where it listens. */
startStub(Number(process.argv[2] ?? 0)).then(
  ({ endpoint }) => process.send?.({ endpoint }),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
process.on('disconnect', () => process.exit(0));
