import { createServer } from 'node:net';

export function freePort(): Promise<number> {
  return freePorts(1);
}

/** A port that is free, and so is the next one: Kafka uses both. */
export function freePortPair(): Promise<number> {
  return freePorts(2);
}

/** The first of so many free ports in a row. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    // Below the range from which systems take ports for outgoing connections.
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(port + index)));
    if (free.every(Boolean)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
