import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the function does to the world, seen from outside of it. */
export interface Effects {
  readonly url: string;
  /** How often each order took effect. */
  readonly counts: ReadonlyMap<string, number>;
  /** Orders that are refused, and so have no effect. */
  readonly refused: Set<string>;
  /** Called once an order has had its effect, before the function knows. */
  onEffect: (id: string) => Promise<void> | void;
  close(): Promise<void>;
}

export async function startEffects(): Promise<Effects> {
  const counts = new Map<string, number>();
  const refused = new Set<string>();
  const server = createServer((request, response) => {
    void (async () => {
      let id = '';
      for await (const chunk of request) id += chunk;
      if (refused.has(id)) {
        response.writeHead(422).end();
        return;
      }
      counts.set(id, (counts.get(id) ?? 0) + 1);
      await effects.onEffect(id);
      response.end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const effects: Effects = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    refused,
    onEffect: () => {},
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return effects;
}
