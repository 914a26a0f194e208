import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { ATTRIBUTES, STATUS } from '../../contract/idempotency-table';
import type { Claim } from './claim-store';
import { RELEASED } from './judge';

/** Closes an identity whose claim we hold, as parked: an item of a transaction, conditional on the token (P5, C5). */
export function parkClaimUpdate({ id, token }: Claim, table: string, expiration: AttributeValue): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: { [ATTRIBUTES.id]: { S: id } },
      UpdateExpression:
        'SET #status = :completed, #outcome = :parked, #expiration = :expiration REMOVE #lease, #unclean, #suspect',
      // A claim that was given back belongs to nobody: a late copy must not revive it.
      ConditionExpression: '#owner = :token AND #status = :inProgress AND #lease > :released',
      ExpressionAttributeNames: {
        '#status': ATTRIBUTES.status,
        '#outcome': ATTRIBUTES.outcome,
        '#expiration': ATTRIBUTES.expiration,
        '#lease': ATTRIBUTES.inProgressExpiration,
        '#owner': ATTRIBUTES.owner,
        '#unclean': ATTRIBUTES.unclean,
        '#suspect': ATTRIBUTES.suspect,
      },
      ExpressionAttributeValues: {
        ':completed': { S: STATUS.completed },
        ':parked': { S: 'parked' },
        ':expiration': expiration,
        ':token': { S: token },
        ':inProgress': { S: STATUS.inProgress },
        ':released': { N: String(RELEASED) },
      },
    },
  };
}
