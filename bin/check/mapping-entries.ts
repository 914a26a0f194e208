import { ENVIRONMENT, MAPPING_NAME } from '../../contract/environment';
import type { Subject } from './subject';

/** One entry of the map of mappings, in the form that the runtime accepts. */
export interface MappingEntry {
  readonly consumer: string;
  readonly source?: string;
  readonly generation: number;
}

export const MAPPINGS_FORM = '{"<mapping>":{"consumer":"<consumer group id>","source":"<cluster>","generation":1}}';

export function readMappingEntries(
  subject: Pick<Subject, 'variable'>,
): Readonly<Record<string, MappingEntry>> | undefined {
  const text = subject.variable(ENVIRONMENT.mappings);
  return text === undefined || problemOf(text) !== undefined ? undefined : JSON.parse(text);
}

/** What the runtime would refuse the text for; `undefined`: nothing. */
export function problemOf(text: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'is not a JSON object';
  const entries = Object.entries(parsed);
  if (entries.length === 0) return 'has no mapping in it';
  const wrong = entries.find(([name, entry]) => !MAPPING_NAME.test(name) || !isEntry(entry));
  return wrong && `is wrong at ${JSON.stringify(wrong[0])}: ${JSON.stringify(wrong[1])}`;
}

function isEntry(entry: unknown): entry is MappingEntry {
  if (typeof entry !== 'object' || entry === null) return false;
  const { consumer, source, generation } = entry as Record<string, unknown>;
  return (
    typeof consumer === 'string' &&
    consumer !== '' &&
    (source === undefined || typeof source === 'string') &&
    Number.isSafeInteger(generation) &&
    (generation as number) >= 0
  );
}
