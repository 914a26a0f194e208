import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { MAPPING_NAME, type ResponseMode } from '../../../contract/environment';
import { PropsError } from '../props-error';

/** Source: Lambda API Reference, CreateAlias, Name. */
const ALIAS_LENGTH = 128;
const LONGEST_MODE: ResponseMode = 'partial';
/** The same in both modes, so that changing the mode never makes a name too long. */
const LENGTH = ALIAS_LENGTH - `-${LONGEST_MODE}`.length;

/** The name given, or the construct's id with what an alias cannot hold replaced by `-`. */
export function mappingName(scope: IConstruct, given: string | undefined): string {
  const name = given !== undefined ? given : scope.node.id.replace(/[^A-Za-z0-9_-]+/g, '-');
  // A token neither: the name is a key in a JSON text that the runtime reads. JavaScript may give what is no text.
  if (typeof name === 'string' && !Token.isUnresolved(name) && MAPPING_NAME.test(name) && name.length <= LENGTH)
    return name;
  throw new PropsError(scope, {
    prop: 'mappingName',
    received: name,
    accepted: `1 to ${LENGTH} letters, digits, "_", "-", known at synth`,
    change:
      given === undefined
        ? "It comes from the construct's id: set mappingName, or choose another id."
        : 'Choose a name of these characters: it becomes part of the name of an alias.',
  });
}

/** Protocol A2: mode and consumer belong to the mapping and reach the runtime in the alias that it calls. */
export function aliasName(mapping: string, mode: ResponseMode): string {
  return `${mapping}-${mode}`;
}
