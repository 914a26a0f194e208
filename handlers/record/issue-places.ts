import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Members that are looked at in a schema; those of its own stand near the top. */
const LOOKED_AT = 5_000;
const SHOWN = 10;
/** An index of an array, rather than a number that is payload. */
const HIGHEST_INDEX = 100_000;
const UNDECLARED = '*';

/**
 * Where a value does not fit its schema, and nothing of what stands there. The text of an issue is not used: valibot and
 * arktype quote the value, zod quotes unknown keys. In a path a key is shown only if the schema declares it, because
 * that of a map or of an unknown member is payload too; others are `*`.
 */
export function issuePlaces(schema: StandardSchemaV1, issues: readonly StandardSchemaV1.Issue[]): string {
  const declared = declaredNames(schema);
  const places = [...new Set(issues.map(({ path }) => placeOf(path, declared)))];
  const more = places.length > SHOWN ? ` and ${places.length - SHOWN} more` : '';
  return `${places.slice(0, SHOWN).join(', ')}${more}`;
}

/** The whole texts of the issues: they may hold payload, and are for the dead letter alone. */
export function issueTexts(issues: readonly StandardSchemaV1.Issue[]): string {
  return issues
    .map(
      ({ message, path }) =>
        (path?.length ? `${path.map((segment) => String(keyOf(segment))).join('.')}: ` : '') + message,
    )
    .join('; ');
}

function placeOf(path: StandardSchemaV1.Issue['path'], declared: ReadonlySet<string>): string {
  if (path === undefined || path.length === 0) return '(the value itself)';
  return path.map((segment) => shown(keyOf(segment), declared)).join('.');
}

function keyOf(segment: PropertyKey | StandardSchemaV1.PathSegment): PropertyKey {
  return typeof segment === 'object' ? segment.key : segment;
}

function shown(key: PropertyKey, declared: ReadonlySet<string>): string {
  if (typeof key === 'number') return Number.isInteger(key) && key >= 0 && key <= HIGHEST_INDEX ? `${key}` : UNDECLARED;
  return typeof key === 'string' && declared.has(key) ? key : UNDECLARED;
}

const known = new WeakMap<StandardSchemaV1, ReadonlySet<string>>();

/** Every name of a member that stands in the schema: what its author wrote is no payload. */
function declaredNames(schema: StandardSchemaV1): ReadonlySet<string> {
  const found = known.get(schema);
  if (found) return found;
  const names = new Set<string>();
  const queue: object[] = [schema];
  const seen = new Set<unknown>(queue);
  for (let index = 0; index < queue.length && index < LOOKED_AT; index += 1) {
    const members = queue[index] as Record<string, unknown>;
    for (const name of namesIn(members)) {
      if (!Array.isArray(members)) names.add(name);
      const member = read(members, name);
      const isObject = (typeof member === 'object' && member !== null) || typeof member === 'function';
      if (!isObject || seen.has(member)) continue;
      seen.add(member);
      queue.push(member);
    }
  }
  known.set(schema, names);
  return names;
}

function namesIn(members: object): string[] {
  // Of an array and of bytes the names are indexes.
  if (ArrayBuffer.isView(members)) return [];
  try {
    return Object.keys(members);
  } catch {
    return [];
  }
}

/** A getter of a schema may throw, or make what it gives. */
function read(members: Record<string, unknown>, name: string): unknown {
  try {
    return members[name];
  } catch {
    return undefined;
  }
}
