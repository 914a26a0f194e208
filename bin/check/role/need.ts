import { LOCAL_ACCOUNT_ID } from '../../../local/template/local-values';
import { templateUnsupported } from '../../../local/template/template-error';
import type { Subject } from '../subject';
import type { Resource } from './decide';

/** Actions that the role needs, each on all of the resources. */
export interface Need {
  /** The resources in words. */
  readonly what: string;
  readonly actions: readonly string[];
  readonly resources: readonly Resource[];
  readonly why: string;
}

/** What a key of the customer needs beside the resource that it encrypts. */
export function onKey(what: string, subject: Subject, key: unknown, actions: readonly string[]): Need[] {
  const arn = key === undefined ? undefined : keyArn(what, subject, String(key));
  const why = 'It is encrypted with a key of yours.';
  return arn === undefined ? [] : [{ what: `${what}, ${arn}`, actions, resources: [{ text: arn }], why }];
}

/** Of a key given as ARN or as id. Keys of AWS, which have an alias, need no permission. */
function keyArn(what: string, { stack }: Subject, key: string): string | undefined {
  if (key.startsWith('alias/aws/')) return undefined;
  if (key.startsWith('arn:')) return key;
  if (!key.startsWith('alias/')) return `arn:aws:kms:${stack.region}:${LOCAL_ACCOUNT_ID}:key/${key}`;
  throw templateUnsupported(what, `is ${key}: which key that is, only the account knows.`);
}
