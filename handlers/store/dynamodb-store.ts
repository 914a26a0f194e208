import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbClaimStore } from '../claims/dynamodb-claim-store';
import { DynamoDbLedgerStore } from '../ledger/dynamodb-ledger-store';
import { DynamoDbParkingStore } from '../parking/dynamodb-parking-store';
import type { Clock } from '../ports';
import { DynamoDbRedriveStore } from '../transaction/dynamodb-redrive-store';
import { DynamoDbTransactionStore } from '../transaction/dynamodb-transaction-store';
import type { Store } from './store';

export interface DynamoDbStoreOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** Name of the idempotency table. */
  readonly table: string;
  readonly clock: Clock;
  /** By how much the clocks of two workers may differ. */
  readonly clockSkewMs: number;
  /** How long the mark of an identity is remembered. */
  readonly rememberForSeconds: number;
}

/** Everything that is remembered, in a DynamoDB table with Powertools' record layout. */
export class DynamoDbStore implements Store {
  readonly table: string;
  readonly claims: DynamoDbClaimStore;
  readonly ledger: DynamoDbLedgerStore;
  readonly transactions: DynamoDbTransactionStore;
  readonly parking: DynamoDbParkingStore;
  readonly redrives: DynamoDbRedriveStore;

  constructor(options: DynamoDbStoreOptions) {
    this.table = options.table;
    this.claims = new DynamoDbClaimStore(options);
    this.ledger = new DynamoDbLedgerStore(options);
    this.transactions = new DynamoDbTransactionStore(options);
    this.parking = new DynamoDbParkingStore(options);
    this.redrives = new DynamoDbRedriveStore(options);
  }
}
