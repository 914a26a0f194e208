import { resolvable } from '../../../local/template/resolvable';
import { findResources, type Stack } from '../../../local/template/stack';
import { isObject } from '../../../local/template/template';
import type { FoundResource } from '../stores';
import type { Subject } from '../subject';
import { roleItself } from './read-permissions';
import { readPolicy, statementsOf, textsOf } from './read-statements';
import type { Statement } from './statement';

interface Document {
  readonly stack: Stack;
  readonly place: string;
  readonly written: unknown;
}

/** Policies that stand beside a store and name it, such as that of a queue. */
export function policiesBeside(subject: Subject, { found }: FoundResource, type: string, property: string): Document[] {
  const { stack: own, logicalId } = found;
  const ref = resolvable(() => own.resolve({ Ref: logicalId }, own.place(logicalId)));
  return findResources(subject.stack, type).flatMap(({ stack, logicalId: id, resource }) => {
    const { [property]: named, PolicyDocument: written } = resource.Properties ?? {};
    const names = [named].flat().map((one) => resolvable(() => stack.resolve(one, stack.place(id))));
    return names.includes(ref) ? [{ stack, place: stack.place(id, 'PolicyDocument'), written }] : [];
  });
}

/** A policy that stands in the store itself. */
export function policyWithin({ found: { stack, logicalId, resource } }: FoundResource, ...keys: string[]): Document {
  const written = keys.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), resource.Properties);
  return { stack, place: stack.place(logicalId, ...keys), written };
}

/**
 * What the documents say of the role. Within one account a store may let the role do what the role's own policies do
 * not say. A refusal under a condition, such as that of access without TLS, is none of the runtime.
 */
export function ofStore(subject: Subject, documents: readonly Document[]): Statement[] {
  return documents.flatMap(({ stack, place, written }) =>
    statementsOf(stack, written, place, []).flatMap(({ item }) => {
      if (!isObject(item)) return [];
      const means = meansRole(subject, stack, item.Principal, place);
      const isRefusal = item.Effect === 'Deny';
      if (means === false || (isRefusal && (means === undefined || item.Condition !== undefined))) return [];
      const { statements } = readPolicy(stack, { Statement: [item] }, place, []);
      return statements.map((one) => ({ ...one, isConditional: one.isConditional || means === undefined }));
    }),
  );
}

/** Undefined: nobody knows here. The account as a whole leaves it to the role's own policies. */
function meansRole(subject: Subject, stack: Stack, principal: unknown, place: string): boolean | undefined {
  if (principal === '*') return true;
  if (!isObject(principal)) return undefined;
  const names = textsOf(stack, principal.AWS ?? [], place, []);
  const role = roleArn(subject);
  if (names.some((name) => name === '*' || (name !== undefined && name === role))) return true;
  return names.includes(undefined) || (role === undefined && names.length > 0) ? undefined : false;
}

function roleArn(subject: Subject): string | undefined {
  return resolvable(() => {
    const { stack, logicalId } = roleItself(subject);
    return stack.resolve({ 'Fn::GetAtt': [logicalId, 'Arn'] }, stack.place(logicalId));
  });
}
