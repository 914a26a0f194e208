/** A thread of the simulator: does the tasks that come in, one after the other. */
import { parentPort } from 'node:worker_threads';
import { perform, type Reply, type Task } from './tasks';

// An error is a matter of course here, and its stack would cost more than the error.
Error.stackTraceLimit = 0;

const reply = (message: Reply) => parentPort?.postMessage(message);

parentPort?.on('message', (task: Task) => {
  void perform(task).then(
    (given) => reply({ kind: 'given', given }),
    (error: unknown) => reply({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});
