import { ENVIRONMENT } from '../../contract/environment';
import { type PropertyReader, readProperties } from '../../local/template/property-reader';
import { resolvable } from '../../local/template/resolvable';
import { type Found, findResources } from '../../local/template/stack';
import type { Subject } from './subject';

export interface FoundResource {
  readonly found: Found;
  readonly properties: PropertyReader;
}

/** The table of the function's memory; undefined: none is named, or the template holds none of that name. */
export function findTable(subject: Subject): FoundResource | undefined {
  const name = subject.variable(ENVIRONMENT.table);
  return name === undefined
    ? undefined
    : findByRef(subject, name, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable');
}

export function findQueue(subject: Subject): FoundResource | undefined {
  const url = subject.letters?.queueUrl;
  return url === undefined ? undefined : findByRef(subject, url, 'AWS::SQS::Queue');
}

export function findBucket(subject: Subject): FoundResource | undefined {
  const name = subject.letters?.bucket?.name;
  return name === undefined ? undefined : findByRef(subject, name, 'AWS::S3::Bucket');
}

export function findByRef(subject: Subject, value: string, ...types: string[]): FoundResource | undefined {
  const found = findResources(subject.stack, ...types).find(
    ({ stack, logicalId }) => resolvable(() => stack.resolve({ Ref: logicalId }, stack.place(logicalId))) === value,
  );
  return found && { found, properties: readProperties(found.stack, found.logicalId) };
}

export function arnOf({ found: { stack, logicalId } }: FoundResource): string {
  return String(stack.resolve({ 'Fn::GetAtt': [logicalId, 'Arn'] }, stack.place(logicalId)));
}

/** Settings that a global table has once per region, of the region of the stack. */
export function ofReplica({ found, properties }: FoundResource, ...keys: string[]): unknown {
  if (found.resource.Type !== 'AWS::DynamoDB::GlobalTable') return properties.value(...keys);
  const replicas = properties.list('Replicas') as readonly Readonly<Record<string, unknown>>[];
  const own = replicas.find(({ Region }) => Region === found.stack.region) ?? replicas[0];
  return keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    own,
  );
}
