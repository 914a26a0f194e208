const ANSWER =
  'return {"batchItemFailures": [{"itemIdentifier": {"partition": "orders-0", "offset": 3}}]}, with the name of the array in event.records and the offset as a number, or an empty list';

/** What to do about a complaint of that row of the reference; empty where its words say it already. */
const REMEDIES: Readonly<Record<number, string>> = {
  10: `To mend it, ${ANSWER}.`,
  12: `To mend it, ${ANSWER}.`,
  13: 'Set FunctionResponseTypes: [ReportBatchItemFailures] on the mapping (it needs ProvisionedPollerConfig), or throw instead.',
  24: 'Give the mapping an on-failure destination, or write smaller records.',
};

export function remedyOf(row: number): string {
  return REMEDIES[row] ?? '';
}
