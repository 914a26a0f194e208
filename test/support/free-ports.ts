import { createServer } from 'node:net';

/** A port that is free, and so is the next one: Kafka uses both. */
export async function freePortPair(): Promise<number> {
  for (;;) {
    // Below the range from which systems take ports for outgoing connections.
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
