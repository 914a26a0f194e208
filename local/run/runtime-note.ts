import type { KafkaMapping } from '../template/kafka-mapping';

/** Says of each runtime that is not this machine's Node.js what that means. */
export function otherRuntimes(
  mappings: readonly Pick<KafkaMapping, 'function'>[],
  here = process.versions.node,
): readonly string[] {
  const [major] = here.split('.');
  const runtimes = new Set(mappings.map(({ function: { runtime } }) => runtime));
  return [...runtimes]
    .filter((runtime) => runtime !== `nodejs${major}.x`)
    .map(
      (runtime) =>
        `Functions of ${runtime} run under Node.js ${here} here; run this with ${wanted(runtime)} to see what is deployed.`,
    );
}

const wanted = (runtime: string) => `Node.js ${/\d+/.exec(runtime)?.[0] ?? ''}`;
