import type { Stack } from '../../../local/template/stack';
import { isObject } from '../../../local/template/template';
import { shown, templateInvalid } from '../../../local/template/template-error';
import { type Refused, readable } from './readable';
import type { ResourcePattern, Statement } from './statement';

/** What a condition of the template leaves out. */
export const LEFT_OUT = 'left out';

/** Statements, and the place of what is none that can be read. */
export interface ReadPolicy {
  readonly statements: readonly Statement[];
  readonly unread: readonly string[];
}

/** The statements of a policy document. Each part is read alone: one that is not known hides no other. */
export function readPolicy(stack: Stack, document: unknown, place: string, refused: Refused): ReadPolicy {
  const statements: Statement[] = [];
  const unread: string[] = [];
  const list = statementsOf(stack, document, place, refused);
  if (list.length === 0) unread.push(place);
  for (const { item, place: here } of list) {
    const read = isObject(item) ? readStatement(stack, item, here, refused) : undefined;
    if (read?.statement !== undefined) statements.push(read.statement);
    if (read === undefined || read.isPart) unread.push(here);
  }
  return { statements, unread };
}

export interface WrittenStatement {
  readonly item: unknown;
  readonly place: string;
}

/** What a document lists, its conditional blocks settled; without what they leave out. */
export function statementsOf(stack: Stack, document: unknown, place: string, refused: Refused): WrittenStatement[] {
  const written = settled(stack, document, place, refused);
  const body = isObject(written) ? settled(stack, written.Statement, `${place}.Statement`, refused) : undefined;
  const list = body === undefined ? [] : listOf(body);
  return list
    .map((item, index) => ({ item, place: `${place}.Statement[${index}]` }))
    .map((one) => ({ ...one, item: settled(stack, one.item, one.place, refused) }))
    .filter(({ item }) => item !== LEFT_OUT);
}

/** A conditional block (Fn::If) as what it comes to, undefined if that is not known; the rest as it is written. */
export function settled(stack: Stack, value: unknown, place: string, refused: Refused): unknown {
  if (!isObject(value)) return value;
  if ('Ref' in value) return readable(refused, () => stack.resolve(value, place) ?? LEFT_OUT);
  const { 'Fn::If': block } = value;
  if (!Array.isArray(block)) return value;
  // The condition alone: what the block holds is read part by part.
  const [condition, ...branches] = block;
  const chosen = readable(refused, () => stack.resolve({ 'Fn::If': [condition, 0, 1] }, place));
  return chosen === undefined ? undefined : settled(stack, branches[Number(chosen)], place, refused);
}

interface ReadStatement {
  readonly statement?: Statement;
  /** Something of it is not known, so it may be about more. */
  readonly isPart: boolean;
}

function readStatement(
  stack: Stack,
  item: Readonly<Record<string, unknown>>,
  place: string,
  refused: Refused,
): ReadStatement | undefined {
  const [action, resource] = [
    item.Action === undefined ? 'NotAction' : 'Action',
    item.Resource === undefined ? 'NotResource' : 'Resource',
  ];
  if (item[action] === undefined || item[resource] === undefined) return undefined;
  const isDeny = readable(refused, () => readEffect(stack, item.Effect, `${place}.Effect`));
  if (isDeny === undefined) return undefined;
  const actions = textsOf(stack, item[action], `${place}.${action}`, refused);
  const known = actions.filter((one) => one !== undefined);
  const isPart = known.length < actions.length;
  // Of all actions but these nobody knows which they are.
  if (known.length === 0 || (isPart && action === 'NotAction')) return undefined;
  const statement: Statement = {
    place,
    isDeny,
    actions: known,
    ...(action === 'NotAction' && { exceptActions: true }),
    resources: listOf(item[resource]).flatMap((one) => patterns(stack, one, `${place}.${resource}`, refused)),
    ...(resource === 'NotResource' && { exceptResources: true }),
    isConditional: item.Condition !== undefined,
    isOwn: true,
  };
  return { statement, isPart };
}

/** Whether it denies. */
export function readEffect(stack: Stack, written: unknown, place: string): boolean {
  const effect = stack.resolve(written, place);
  if (effect === 'Allow' || effect === 'Deny') return effect === 'Deny';
  const found = effect === undefined ? 'is not set' : `is ${shown(effect)}`;
  throw templateInvalid(place, `${found}; accepted are "Allow" and "Deny".`);
}

/** One text or several; undefined for each that is not known. */
export function textsOf(
  stack: Stack,
  written: unknown,
  place: string,
  refused: Refused,
): readonly (string | undefined)[] {
  return listOf(written).flatMap(
    (one) => readable(refused, () => listOf(stack.resolve(one, place) ?? []).map(String)) ?? [undefined],
  );
}

function patterns(stack: Stack, written: unknown, place: string, refused: Refused): ResourcePattern[] {
  return textsOf(stack, written, place, refused).map((text) => ({ text, written }));
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
