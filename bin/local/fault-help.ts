import { FAULTS, type FaultDefinition, type KeyDefinition } from '../../local/faults/fault-definitions';

/** The faults that `--fault` knows, each with what it does, what its number counts, and its keys. */
export function faultHelp(): string {
  const definitions: [string, FaultDefinition][] = Object.entries(FAULTS);
  const texts = definitions.map(([name, { place, about, keys }]) =>
    [
      `${name}@N   N counts each ${COUNTED[place]}; ${about}`,
      ...Object.entries(keys).map(([key, definition]) => `    ${key}=${accepted(definition)}   ${definition.about}`),
    ].join('\n'),
  );
  return ['--fault NAME@N[,KEY=VALUE…], such as answer-lost@17 or kill-after@5,operation=UpdateItem', ...texts].join(
    '\n\n',
  );
}

const COUNTED: Readonly<Record<FaultDefinition['place'], string>> = {
  request: 'request to the database',
  answer: 'answer of the database',
  invocation: 'delivery to the function',
  commit: 'commit',
  destination: 'delivery to the on-failure destination',
  worker: 'worker that is started',
};

function accepted(definition: KeyDefinition): string {
  switch (definition.kind) {
    case 'number':
      return `${definition.minimum}..${definition.maximum}`;
    case 'choice':
      return definition.accepted.join('|');
    case 'text':
      return 'TEXT';
  }
}
