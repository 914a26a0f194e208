import type * as kms from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';
import { checkKind } from './check-kinds';
import { checkRegion } from './check-region';
import { KEY } from './kinds';
import { PropsError } from './props-error';

/** The key that was given, or the one behind an alias. The function is granted its use, so the key itself has to be known. */
export function customerKey(scope: IConstruct, prop: string, given: kms.IKey): kms.IKey {
  checkKind(scope, prop, given, KEY);
  checkRegion(scope, prop, given);
  return keyBehind(scope, prop, given);
}

/** KMS compares a policy with the ARN of the key, never with that of an alias. Parts of the ARN may be tokens. */
export function keyBehind(scope: IConstruct, prop: string, given: kms.IKey): kms.IKey {
  const key = targetOf(given) ?? given;
  if (!key.keyArn.includes(':alias/')) return key;
  throw new PropsError(scope, {
    prop,
    received: key.keyArn,
    accepted: 'a key by its own ARN',
    change: 'A policy on an alias allows nothing: take kms.Key.fromKeyArn() or kms.Key.fromLookup().',
  });
}

/** What an alias stands for, where it knows that: one that was imported by its name throws. */
function targetOf(key: kms.IKey): kms.IKey | undefined {
  try {
    return (key as Partial<kms.IAlias>).aliasTargetKey;
  } catch {
    return undefined;
  }
}
