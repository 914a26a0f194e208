import { isThenable } from '../core/thenable';
import { errorClassOf, reasonOf, schemaUnavailable } from '../errors';
import { Unreadable } from '../wire/unreadable';

/** Finds what belongs to the id of a schema: at once where it is known already. */
export type Find<Found> = (schemaId: string) => Found | Promise<Found>;

/**
 * Asks once for each id and keeps the answer as long as the process lives; a failure is not kept. Who asks meanwhile
 * waits for the same answer.
 */
export function rememberFound<Schema, Found>(
  ask: (schemaId: string) => Schema | undefined | PromiseLike<Schema | undefined>,
  make: (schema: Schema) => Found,
): Find<Found> {
  const found = new Map<string, Found>();
  const asked = new Map<string, Promise<Found>>();
  const keep = (schemaId: string, schema: Schema | undefined): Found => {
    if (schema === undefined) throw new Unreadable(`writers() knows no schema ${schemaId}`);
    const made = make(schema);
    found.set(schemaId, made);
    return made;
  };
  return (schemaId) => {
    const known = found.get(schemaId) ?? asked.get(schemaId);
    if (known !== undefined) return known;
    const answer = attempt(() => ask(schemaId), schemaId);
    if (!isThenable(answer)) return keep(schemaId, answer as Schema | undefined);
    const later = Promise.resolve(answer)
      .catch((error: unknown) => refused(error, schemaId))
      .then((schema) => keep(schemaId, schema))
      .finally(() => asked.delete(schemaId));
    asked.set(schemaId, later);
    return later;
  };
}

function attempt<Answer>(ask: () => Answer, schemaId: string): Answer {
  try {
    return ask();
  } catch (error) {
    return refused(error, schemaId);
  }
}

/** A registry that does not answer says nothing about the record. */
function refused(error: unknown, schemaId: string): never {
  if (errorClassOf(error) !== undefined) throw error;
  throw schemaUnavailable({ schemaId, reason: reasonOf(error) }, { cause: error });
}
