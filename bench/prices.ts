/**
 * What a million of each costs in us-east-1 on demand, in dollars. Sources: aws.amazon.com/dynamodb/pricing/on-demand
 * (standard table class) and aws.amazon.com/lambda/pricing (x86), as the performance study of this project recalled
 * them. Check them before you plan with them.
 */
export const PRICES = {
  asOf: '2025',
  region: 'us-east-1',
  perMillionWriteUnits: 0.625,
  perMillionReadUnits: 0.125,
  lambdaPerGbSecond: 0.0000166667,
} as const;

/** One vCPU. Source: Lambda Developer Guide, "Configure Lambda function memory". */
export const LAMBDA_MEMORY_MB = 1_769;

export interface UnitsPerRecord {
  readonly writeUnitsPerRecord: number;
  readonly readUnitsPerRecord: number;
}

/** What DynamoDB charges for a million records. */
export function dollarsPerMillion({ writeUnitsPerRecord, readUnitsPerRecord }: UnitsPerRecord): number {
  return writeUnitsPerRecord * PRICES.perMillionWriteUnits + readUnitsPerRecord * PRICES.perMillionReadUnits;
}

/** What Lambda charges for the time that a million records take. */
export function lambdaDollarsPerMillion(recordsPerSecond: number): number {
  return (1_000_000 / recordsPerSecond) * (LAMBDA_MEMORY_MB / 1_024) * PRICES.lambdaPerGbSecond;
}
