import { MAPPING_ALIAS, type Mapping, type Mappings, type ResponseMode } from '../../contract/environment';
import { mappingUnknown } from '../errors';

/** Which mapping called, and how it wants its answer. */
export interface Caller extends Mapping {
  readonly mapping: string;
  readonly mode: ResponseMode;
}

/**
 * Reads mapping and mode from the alias in the invoked function's ARN (protocol A2).
 * Without an alias of that shape and with exactly one mapping it is that one, and `throw`, which is right everywhere.
 */
export function callerOf(invokedFunctionArn: string, mappings: Mappings): Caller {
  const alias = invokedFunctionArn.split(':')[7];
  const known = Object.keys(mappings);
  const match = alias === undefined ? null : MAPPING_ALIAS.exec(alias);
  if (match?.[1] !== undefined && match[2] !== undefined) {
    const name = match[1];
    const entry = Object.hasOwn(mappings, name) ? mappings[name] : undefined;
    if (entry === undefined) throw mappingUnknown({ alias: `the alias ${alias} (mapping ${name})`, known });
    return { ...entry, mapping: name, mode: match[2] as ResponseMode };
  }
  const [only] = known;
  if (known.length === 1 && only !== undefined && mappings[only] !== undefined) {
    return { ...mappings[only], mapping: only, mode: 'throw' };
  }
  throw mappingUnknown({ alias: alias === undefined ? 'no alias' : `the alias ${alias}`, known });
}
