import { Annotations, ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';

/**
 * Lets Lambda read the filters that the key encrypts. Source: Lambda Developer Guide, encryption of filter criteria,
 * which names the service by its region; aws-cdk-lib's own grant names it without one, and for every mapping of everyone.
 */
export function grantFilterKey(scope: IConstruct, key: kms.IKey): void {
  const statement = new iam.PolicyStatement({
    sid: 'ReadFiltersOfMappings',
    principals: [
      new iam.ServicePrincipal('lambda.amazonaws.com'),
      iam.ServicePrincipal.fromStaticServicePrincipleName(`lambda.${Stack.of(scope).region}.amazonaws.com`),
    ],
    actions: ['kms:Decrypt'],
    // In a key's policy it is the key.
    resources: ['*'],
    conditions: {
      // Not this mapping alone: its ARN is known when it exists, and it needs the key before.
      ArnLike: {
        'aws:SourceArn': Stack.of(scope).formatArn({
          service: 'lambda',
          resource: 'event-source-mapping',
          resourceName: '*',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    },
  });
  if (key.addToResourcePolicy(statement).statementAdded) return;
  Annotations.of(scope).addWarningV2(
    'msk-once:filterKeyPolicy',
    'The policy of the key of filterEncryption cannot be changed from here. It has to let ' +
      'lambda.<region>.amazonaws.com use kms:Decrypt: without it the mapping cannot read its filters.',
  );
}
