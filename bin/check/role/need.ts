import type { LocalError } from '../../../local/errors';
import { LOCAL_ACCOUNT_ID } from '../../../local/template/local-values';
import { templateUnsupported } from '../../../local/template/template-error';
import { apart } from '../apart';
import { findByRef } from '../stores';
import type { Subject } from '../subject';
import type { Resource } from './decide';
import type { Statement } from './statement';
import { ofStore, policyWithin } from './store-policies';

/** Actions that the role needs, each on all of the resources. */
export interface Need {
  /** The resources in words. */
  readonly what: string;
  readonly actions: readonly string[];
  readonly resources: readonly Resource[];
  readonly why: string;
  /** What the resource itself says of the role. */
  readonly ofStore?: readonly Statement[];
}

/** Needs, and what of them cannot be read. */
export type Asked = Iterable<Need | LocalError>;

/** What a key of the customer needs beside the resource that it encrypts. */
export function onKey(what: string, subject: Subject, key: () => unknown, actions: readonly string[]): Asked {
  return apart(function* () {
    const given = key();
    // Keys of AWS, which have an alias, need no permission.
    if (given === undefined || isOfAws(String(given))) return;
    const text = keyArn(what, subject, String(given));
    const why = 'It is encrypted with a key of yours.';
    yield { what: `${what}, ${text}`, actions, resources: [{ text }], why, ofStore: ofKey(subject, text) };
  });
}

function ofKey(subject: Subject, arn: string): Statement[] {
  const key = findByRef(subject, arn.replace(/^.*:key\//, ''), 'AWS::KMS::Key');
  return key === undefined ? [] : ofStore(subject, [policyWithin(key, 'KeyPolicy')]);
}

function isOfAws(key: string): boolean {
  return /^(arn:[^:]+:kms:[^:]*:[^:]*:)?alias\/aws\//.test(key);
}

/** Of a key given as ARN or as id. */
function keyArn(what: string, { stack }: Subject, key: string): string {
  if (/^(arn:.*:)?alias\//.test(key)) {
    throw templateUnsupported(what, `is ${key}: which key that is, only the account knows.`);
  }
  return key.startsWith('arn:') ? key : `arn:aws:kms:${stack.region}:${LOCAL_ACCOUNT_ID}:key/${key}`;
}
