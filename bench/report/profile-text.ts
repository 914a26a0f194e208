import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { textTable } from './text-table';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const LINES = 40;
/** Nothing ran, or the profiler itself did. */
const NOT_OURS: ReadonlySet<string> = new Set(['(idle)', '(program)', '(root)', 'dispatch']);

/** Where the time of a CPU profile went: the functions with the most time of their own, and with those that they called. */
export function profileText(file: string): string {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const maps = new Maps();
  const nameOf = new Map(profile.nodes.map(({ id, callFrame }) => [id, maps.placeOf(callFrame)]));
  const parentOf = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const self = new Map<string, number>();
  const total = new Map<string, number>();
  let all = 0;
  profile.samples.forEach((id, index) => {
    const microseconds = profile.timeDeltas[index] ?? 0;
    const own = nameOf.get(id) ?? '';
    if (NOT_OURS.has(own)) return;
    all += microseconds;
    add(self, own, microseconds);
    const seen = new Set<string>();
    for (let node: number | undefined = id; node !== undefined; node = parentOf.get(node)) {
      const name = nameOf.get(node) ?? '';
      if (!seen.has(name)) add(total, name, microseconds);
      seen.add(name);
    }
  });
  const percent = (part: number) => `${((100 * part) / all).toFixed(1)} %`;
  return textTable(
    ['function', 'self', 'with callees'],
    [...self]
      .sort(([, left], [, right]) => right - left)
      .slice(0, LINES)
      .map(([name, microseconds]) => [name, percent(microseconds), percent(total.get(name) ?? 0)]),
  );
}

function add(sums: Map<string, number>, name: string, value: number): void {
  sums.set(name, (sums.get(name) ?? 0) + value);
}

const ROOT = path.join(__dirname, '..', '..');

/** From a place in a bundle to the line of the source. */
class Maps {
  readonly #maps = new Map<string, SourceMap | undefined>();

  placeOf({ functionName, url, lineNumber, columnNumber }: Profile['nodes'][number]['callFrame']): string {
    const name = functionName || '(anonymous)';
    if (!url.startsWith('file:')) return url === '' ? name : `${name}  ${url}`;
    const bundle = fileURLToPath(url);
    const entry = this.#map(bundle)?.findEntry(lineNumber, columnNumber);
    if (entry === undefined || !('originalSource' in entry)) return name;
    const source = path.relative(ROOT, path.resolve(path.dirname(bundle), entry.originalSource));
    return `${name}  ${source.replace(/^.*node_modules\//, '')}:${entry.originalLine + 1}`;
  }

  #map(bundle: string): SourceMap | undefined {
    if (!this.#maps.has(bundle)) {
      const file = `${bundle}.map`;
      this.#maps.set(bundle, existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined);
    }
    return this.#maps.get(bundle);
  }
}
