import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { shown } from './template-error';

/** What a mapping can be chosen by. */
export interface MappingName {
  readonly logicalId: string;
  readonly constructPath?: string;
  /** `undefined`: the template calls a function that cannot be told. */
  readonly function: FunctionNames | undefined;
}

interface FunctionNames {
  readonly logicalId: string;
  readonly constructPath?: string;
  readonly name: string;
}

/** Each by logical id or construct path, a function by its name, too. A construct stands for all that lies in it. */
export interface MappingSelection {
  readonly function?: string;
  readonly mapping?: string;
}

/** The mappings that are chosen: with both given, those of that name that call that function. All without a choice. */
export function selectMappings<T extends MappingName>(mappings: readonly T[], selection: MappingSelection): T[] {
  const { function: wantedFunction, mapping: wantedMapping } = selection;
  const byFunction = mappings.filter(
    ({ function: called }) =>
      wantedFunction === undefined ||
      (called !== undefined && (called.name === wantedFunction || isNamed(called, wantedFunction))),
  );
  if (wantedFunction !== undefined && byFunction.length === 0) {
    throw nothingChosen(`calls a function ${shown(wantedFunction)}`, mappings);
  }
  const chosen = byFunction.filter((mapping) => wantedMapping === undefined || isNamed(mapping, wantedMapping));
  if (wantedMapping !== undefined && chosen.length === 0) {
    throw nothingChosen(
      wantedFunction === undefined
        ? `is called ${shown(wantedMapping)}`
        : `is called ${shown(wantedMapping)} and calls ${shown(wantedFunction)}`,
      mappings,
    );
  }
  return chosen;
}

function isNamed(
  { logicalId, constructPath }: { readonly logicalId: string; readonly constructPath?: string },
  wanted: string,
): boolean {
  if (logicalId === wanted) return true;
  const path = wanted.replace(/\/Resource$/, '');
  return constructPath === path || constructPath?.startsWith(`${path}/`) === true;
}

function nothingChosen(what: string, mappings: readonly MappingName[]): LocalError {
  const listed = mappings.map((mapping) => `${described(mapping)} calling ${describedFunction(mapping.function)}`);
  return new LocalError(
    ERROR_CODES.usage,
    `No Kafka event source mapping ${what}. There are: ${listed.join('; ') || 'none'}. Choose with --mapping and --function, by logical id or construct path.`,
    EXIT.usage,
  );
}

function described({ logicalId, constructPath }: { readonly logicalId: string; readonly constructPath?: string }) {
  return constructPath === undefined ? logicalId : `${logicalId} (${constructPath})`;
}

function describedFunction(called: FunctionNames | undefined): string {
  if (called === undefined) return 'a function that cannot be told';
  return called.name === called.logicalId ? described(called) : `${described(called)} named ${called.name}`;
}
