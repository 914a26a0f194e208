import { type Found, findResources } from '../../../local/template/stack';
import { isObject } from '../../../local/template/template';
import type { Subject } from '../subject';

/**
 * Where connectors of SAM start at the function: what they grant hangs on what they lead to.
 * Source: AWS SAM, AWS::Serverless::Connector and the resource attribute Connectors.
 */
export function connectorPlaces({ stack, logicalId, resource }: Found, subject: Subject): string[] {
  const beside = findResources(subject.stack, 'AWS::Serverless::Connector').filter(({ resource: { Properties } }) => {
    const source = Properties?.Source;
    return isObject(source) && source.Id === logicalId;
  });
  const { Connectors: within } = resource as unknown as Readonly<Record<string, unknown>>;
  const own = isObject(within) ? Object.keys(within) : [];
  const placeOf = (found: Found) => found.stack.place(found.logicalId).replace(/\.Properties$/, '');
  return [
    ...beside.map(placeOf),
    ...own.map((name) => `${placeOf({ stack, logicalId, resource })}.Connectors.${name}`),
  ];
}
