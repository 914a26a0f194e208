import { createServer } from 'node:net';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { ServerAddress } from './address';
import type { ServerDefinition } from './definition';

/** Throws when this machine cannot open the server's ports. */
export async function requireFreePorts(server: ServerDefinition, address: ServerAddress): Promise<void> {
  if (!LOOPBACK.includes(address.host)) {
    throw cannotStart(
      `${server.title} does not answer at ${address.text}, and only ${LOOPBACK.join(' or ')} can be started here. ` +
        `Start it where it is, or set ${server.variable} to an address of this machine.`,
    );
  }
  for (const port of server.ports(address)) {
    if (port > 65_535 || !(await isFree(address.host, port))) {
      throw cannotStart(
        `${server.title} needs port ${port}, and something else uses it that is not ${server.title}. ` +
          `End that program, or set ${server.variable} to an address with another port (now ${address.text}).`,
      );
    }
  }
}

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost'];

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

function cannotStart(message: string): LocalError {
  return new LocalError(ERROR_CODES.serverFailed, message, EXIT.failed);
}
