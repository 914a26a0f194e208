import { ENVIRONMENT, MAPPING_ALIAS } from '../../../contract/environment';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement, warning } from '../finding';
import { MAPPINGS_FORM, type MappingEntry, problemOf } from '../mapping-entries';
import { isConnection } from '../role/needs-of-source';
import type { Rule } from '../rule';
import type { Subject } from '../subject';

export const mappings: Rule = {
  name: 'mappings',
  *judge(subject): Iterable<Judgement> {
    const text = subject.variable(ENVIRONMENT.mappings);
    const problem = text === undefined ? 'is not set' : problemOf(text);
    if (problem === undefined) return;
    const place = subject.placeOf(ENVIRONMENT.mappings);
    yield error(place, `${problem}.`, 'The function does not start without it.', `Set it to ${MAPPINGS_FORM}.`);
  },
};

/** The consumer in the map owns the memory, the group of the mapping owns the position: they are one name. */
export const consumer: Rule = {
  name: 'consumer',
  *judge(subject): Iterable<Judgement> {
    const found = entryOf(subject);
    const id = subject.consumerGroupId;
    if (found === undefined || id === undefined || found.entry.consumer === id) return;
    yield error(
      subject.placeOf(ENVIRONMENT.mappings),
      `has the consumer ${shown(found.entry.consumer)} for ${shown(found.name)}, whose mapping reads as ${shown(id)}.`,
      'Under another name another memory is kept: what one mapping has done, the next one after it would do again.',
      `Write ${shown(id)} as the consumer; a deployed function begins with an empty memory then, so drain the mapping first.`,
    );
  },
};

/** The name of the cluster in the ledger of offsets. */
export const clusterName: Rule = {
  name: 'cluster-name',
  *judge(subject): Iterable<Judgement> {
    const found = entryOf(subject);
    if (found === undefined) return;
    const place = subject.placeOf(ENVIRONMENT.mappings);
    const { source = '' } = found.entry;
    const uuid = uuidOf(subject);
    if (source === '') {
      yield error(
        place,
        `has no "source" for ${shown(found.name)}.`,
        'Offsets mean something within one cluster only: without its name each batch is refused, unless the function has an `identity`.',
        uuid === undefined ? 'Give the cluster a name that stays.' : `Write ${shown(uuid)}, the UUID in its ARN.`,
      );
    } else if (uuid !== undefined && source !== uuid) {
      yield warning(
        place,
        `has the source ${shown(source)} for ${shown(found.name)}, and the mapping reads a cluster with the UUID ${shown(uuid)}.`,
        'If the name stays when the cluster changes, offsets of the old one are taken for those of the new one.',
        `Write ${shown(uuid)}; a function that is deployed with the other name begins with an empty memory then.`,
      );
    }
  },
};

function entryOf(subject: Subject): { readonly name: string; readonly entry: MappingEntry } | undefined {
  const entries = Object.entries(subject.entries ?? {});
  const named = MAPPING_ALIAS.exec(subject.target.aliasName ?? '')?.[1];
  // Without an alias that says so, the runtime takes its only one.
  const found = named === undefined && entries.length === 1 ? entries[0] : entries.find(([name]) => name === named);
  return found && { name: found[0], entry: found[1] };
}

/** A connection to a cluster of another account has a UUID of its own, and does not tell that of the cluster. */
function uuidOf({ mapping }: Subject): string | undefined {
  const arn = mapping.text('EventSourceArn');
  return arn === undefined || isConnection(arn) ? undefined : arn.split('/')[2];
}
