import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoOptions, type DemoRun, type DemoWatcher, runAssembly } from './run-assembly';
import { embedded, realServers } from './surroundings';
import { synthesize } from './synthesize';

/** The main job, on real input: topic, deployed bundle, effects, faults, and what an oracle makes of it. */
export async function runDemo(
  options: DemoOptions,
  watcher: DemoWatcher,
  addresses: { readonly kafka: string; readonly dynamodb: string },
): Promise<DemoRun> {
  const startedAtMs = Date.now();
  const surroundings = await (options.kafka ? realServers(addresses) : embedded());
  const directory = mkdtempSync(join(tmpdir(), 'msk-once-demo-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    watcher.step('Synthesizing the reference stack: cdk synth');
    await synthesize(directory, {
      topic: surroundings.topic,
      pollers: options.mode === 'partial' ? 'provisioned' : 'on-demand',
    });
    const run = await runAssembly(directory, options, watcher, surroundings);
    return { ...run, seconds: (Date.now() - startedAtMs) / 1_000 };
  } finally {
    remove();
    process.off('exit', remove);
    await surroundings.close();
  }
}
