import type { EngineState } from '../engine-state';
import { validationError } from '../errors';
import type { ItemWrite } from '../item-write';
import { ENGINE_LIMITS } from '../limits';
import { optionalText, requireKnownParameters, requireList } from '../parameters';
import { contentOf } from '../request-tokens';
import { readAction, runTransaction } from '../transaction';
import { readWrite, WRITE_PARAMETERS, type WriteKind } from '../write-request';

const KINDS = Object.keys(WRITE_PARAMETERS) as WriteKind[];

export function transactWriteItems(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('TransactWriteItems', input, ['TransactItems', 'ClientRequestToken']);
  const items = requireList('TransactItems', parameters.TransactItems);
  if (items.length === 0) {
    throw validationError(
      "Value [] at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  if (items.length > ENGINE_LIMITS.transactionItems) {
    throw validationError(`Member must have length less than or equal to ${ENGINE_LIMITS.transactionItems}`);
  }
  const token = optionalText(parameters, 'ClientRequestToken');
  const content = () => contentOf({ TransactItems: items });
  const actions = items.map((item, index) => readAction(() => readItem(item, index, state)));
  if (state.requestTokens.isRepeated(token, content, state.now())) return {};
  runTransaction(actions, state.faults);
  state.requestTokens.succeeded(token, content, state.now());
  return {};
}

function readItem(input: unknown, index: number, { tables }: EngineState): ItemWrite {
  const item = requireKnownParameters(`TransactItems[${index}]`, input, KINDS);
  const [kind, ...others] = KINDS.filter((each) => item[each] !== undefined && item[each] !== null);
  if (kind === undefined || others.length > 0) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const parameters = requireKnownParameters(`TransactItems[${index}].${kind}`, item[kind], WRITE_PARAMETERS[kind]);
  if (kind === 'ConditionCheck' && parameters.ConditionExpression === undefined) {
    throw validationError(
      `Value null at 'transactItems.${index + 1}.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null`,
    );
  }
  return readWrite(kind, parameters, tables);
}
