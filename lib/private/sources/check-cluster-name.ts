import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropsError } from '../props-error';

/** Narrow on purpose: the name stands between `#` in keys of the memory, and in letters. */
const NAME = /^[A-Za-z0-9._-]{1,64}$/;

export function checkClusterName(scope: IConstruct, name: string): void {
  // The compiler asks for it too; JavaScript does not.
  if (Token.isUnresolved(name) || (typeof name === 'string' && NAME.test(name))) return;
  throw new PropsError(scope, {
    prop: 'clusterName',
    received: name,
    accepted: '1 to 64 letters, digits, ".", "_", "-"',
    change: 'Choose a name that will stay: the memory of what is done on the topic belongs to it.',
  });
}
