import { createServer } from 'node:net';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';

const HOST = '127.0.0.1';

/** Throws a LocalError while something else listens at the port. */
export async function requireFreePort(port: number): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen(port, HOST, resolve);
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new LocalError(
      ERROR_CODES.usage,
      `The debugger's port ${port} cannot be opened: ${code === 'EADDRINUSE' ? 'something else uses it' : code}. ` +
        'End that program, or choose another port with --inspect PORT.',
      EXIT.usage,
      { cause: error },
    );
  }
  await new Promise((resolve) => probe.close(resolve));
}
