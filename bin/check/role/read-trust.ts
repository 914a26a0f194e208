import { LOCAL_ACCOUNT_ID } from '../../../local/template/local-values';
import type { Stack } from '../../../local/template/stack';
import { isObject } from '../../../local/template/template';
import { globs } from './decide';
import { readEffect, statementsOf, textsOf } from './read-statements';
import { type Refused, readable } from './readable';

const LAMBDA = 'lambda.amazonaws.com';
const ASSUME = 'sts:AssumeRole';

export type TrustAnswer = 'trusted' | 'missing' | 'denied' | 'unknown';

export interface Trust {
  readonly answer: TrustAnswer;
  /** Whom the statements let assume the role. */
  readonly named: readonly string[];
  readonly refused: Refused;
}

type Meaning = 'yes' | 'no' | 'maybe';

/** Whether a trust policy lets Lambda assume the role; one refusal outweighs all grants. */
export function readTrust(stack: Stack, document: unknown, place: string): Trust {
  const refused: Refused = [];
  const named: string[] = [];
  const meanings: { readonly isDeny: boolean | undefined; readonly means: Meaning }[] = [];
  if (!isObject(document)) return { answer: 'unknown', named, refused };
  for (const { item, place: here } of statementsOf(stack, document, place, refused)) {
    if (!isObject(item)) {
      meanings.push({ isDeny: undefined, means: 'maybe' });
      continue;
    }
    const isDeny = readable(refused, () => readEffect(stack, item.Effect, `${here}.Effect`));
    const who = principals(stack, item, here, refused);
    if (isDeny === false) named.push(...who.named);
    meanings.push({ isDeny, means: together(who.means, assumes(stack, item, here, refused), condition(stack, item)) });
  }
  const of = (isDeny: boolean, ...wanted: Meaning[]) =>
    meanings.some((one) => one.isDeny === isDeny && wanted.includes(one.means));
  const isUnread = meanings.some(({ isDeny, means }) => isDeny === undefined && means !== 'no');
  if (of(true, 'yes')) return { answer: 'denied', named, refused };
  if (of(true, 'maybe')) return { answer: 'unknown', named, refused };
  if (of(false, 'yes')) return { answer: 'trusted', named, refused };
  return { answer: of(false, 'maybe') || isUnread ? 'unknown' : 'missing', named, refused };
}

function together(...all: readonly Meaning[]): Meaning {
  if (all.includes('no')) return 'no';
  return all.includes('maybe') ? 'maybe' : 'yes';
}

type Item = Readonly<Record<string, unknown>>;

interface Principals {
  readonly means: Meaning;
  readonly named: readonly string[];
}

function principals(stack: Stack, item: Item, place: string, refused: Refused): Principals {
  // Whom NotPrincipal means, and whether everybody is Lambda as well, nobody knows here.
  if (item.Principal === undefined) return { means: 'maybe', named: [] };
  if (item.Principal === '*') return { means: everybody(item), named: ['*'] };
  if (!isObject(item.Principal)) return { means: 'maybe', named: [] };
  const given = Object.entries(item.Principal).flatMap(([kind, written]) =>
    textsOf(stack, written, `${place}.Principal.${kind}`, refused).map((text) => ({ kind, text })),
  );
  const meanings = given.map(({ kind, text }) => principal(kind, text, item));
  const means = meanings.find((one) => one === 'yes') ?? meanings.find((one) => one === 'maybe') ?? 'no';
  return { means, named: given.flatMap(({ text }) => text ?? []) };
}

function principal(kind: string, text: string | undefined, item: Item): Meaning {
  if (text === '*') return everybody(item);
  if (kind !== 'Service') return 'no';
  if (text === undefined) return 'maybe';
  if (text === LAMBDA) return 'yes';
  return /^lambda\.([a-z0-9-]+\.)?amazonaws\.com(\.cn)?$/.test(text) ? 'maybe' : 'no';
}

/** A refusal of everybody is one of Lambda; whether a grant is, the documentation does not say. */
function everybody({ Effect }: Item): Meaning {
  return Effect === 'Deny' ? 'yes' : 'maybe';
}

function assumes(stack: Stack, item: Item, place: string, refused: Refused): Meaning {
  const key = item.Action === undefined ? 'NotAction' : 'Action';
  const actions = textsOf(stack, item[key], `${place}.${key}`, refused);
  const isNamed = actions.some((one) => one !== undefined && globs(one, ASSUME));
  if (!isNamed && actions.includes(undefined)) return 'maybe';
  return isNamed === (key === 'Action') ? 'yes' : 'no';
}

/** Lambda tells the account of the function; of other conditions nobody knows here whether they hold. */
function condition(stack: Stack, { Condition }: Item): Meaning {
  if (Condition === undefined) return 'yes';
  const resolved = readable([], () => stack.resolve(Condition, ''));
  const own = { StringEquals: { 'aws:SourceAccount': LOCAL_ACCOUNT_ID } };
  return JSON.stringify(resolved) === JSON.stringify(own) ? 'yes' : 'maybe';
}
