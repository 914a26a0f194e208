import { LocalError } from '../../../local/errors';
import { resolvable } from '../../../local/template/resolvable';
import type { Stack } from '../../../local/template/stack';
import { isObject } from '../../../local/template/template';
import { isRefused, shown, templateInvalid } from '../../../local/template/template-error';
import type { ResourcePattern, Statement } from './statement';

/** What a condition of the template leaves out. */
export const LEFT_OUT = 'left out';

/** Statements, and the place of what is none that can be read. */
export interface ReadPolicy {
  readonly statements: readonly Statement[];
  readonly unread: readonly string[];
}

/** The statements of a policy document. Each resource is read alone: one that is not known hides no other. */
export function readPolicy(stack: Stack, document: unknown, place: string): ReadPolicy {
  const written = settled(stack, document, place);
  const body = isObject(written) ? settled(stack, written.Statement, `${place}.Statement`) : undefined;
  const list = body === undefined ? [] : listOf(body);
  if (list.length === 0) return { statements: [], unread: [place] };
  const statements: Statement[] = [];
  const unread: string[] = [];
  list.forEach((item, index) => {
    const here = `${place}.Statement[${index}]`;
    const statement = readStatement(stack, settled(stack, item, here), here);
    if (statement === undefined) unread.push(here);
    else if (statement !== LEFT_OUT) statements.push(statement);
  });
  return { statements, unread };
}

/** A conditional block (Fn::If) as what it comes to, undefined if that is not known; the rest as it is written. */
export function settled(stack: Stack, value: unknown, place: string): unknown {
  if (!isObject(value) || !('Fn::If' in value || 'Ref' in value)) return value;
  try {
    return stack.resolve(value, place) ?? LEFT_OUT;
  } catch (error) {
    if (error instanceof LocalError && !isRefused(error)) return undefined;
    throw error;
  }
}

function readStatement(stack: Stack, item: unknown, place: string): Statement | typeof LEFT_OUT | undefined {
  if (item === LEFT_OUT) return LEFT_OUT;
  if (!isObject(item)) return undefined;
  const [action, resource] = [
    item.Action === undefined ? 'NotAction' : 'Action',
    item.Resource === undefined ? 'NotResource' : 'Resource',
  ];
  if (item[action] === undefined || item[resource] === undefined) return undefined;
  const actions = listOf(item[action]).map((one) => resolvable(() => stack.resolve(one, place)));
  if (actions.some((one) => one === undefined)) return undefined;
  return {
    place,
    isDeny: isDeny(stack, item.Effect, `${place}.Effect`),
    actions: actions as string[],
    ...(action === 'NotAction' && { exceptActions: true }),
    resources: listOf(item[resource]).flatMap((one) => patterns(stack, one, `${place}.${resource}`)),
    ...(resource === 'NotResource' && { exceptResources: true }),
    isConditional: item.Condition !== undefined,
    isOwn: true,
  };
}

function isDeny(stack: Stack, written: unknown, place: string): boolean {
  const effect = stack.resolve(written, place);
  if (effect === 'Allow' || effect === 'Deny') return effect === 'Deny';
  const found = effect === undefined ? 'is not set' : `is ${shown(effect)}`;
  throw templateInvalid(place, `${found}; accepted are "Allow" and "Deny".`);
}

function patterns(stack: Stack, written: unknown, place: string): ResourcePattern[] {
  try {
    return listOf(stack.resolve(written, place) ?? []).map((found) => ({ text: String(found), written }));
  } catch (error) {
    if (error instanceof LocalError && !isRefused(error)) return [{ text: undefined, written }];
    throw error;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
