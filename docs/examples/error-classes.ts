import { json, OutageError, PermanentError, processRecords, TransientError } from 'msk-once/handlers';

export const handler = processRecords({
  value: json(),
  async process({ value, signal }) {
    const body = JSON.stringify(value);
    const answer = await fetch('https://payments.example/charges', { method: 'POST', body, signal });
    const waitS = Number(answer.headers.get('retry-after') ?? 1);
    if (answer.status === 402) throw new PermanentError('The card was declined.');
    if (answer.status === 429) throw new TransientError('Too many charges at once.', { retryAfterMs: waitS * 1_000 });
    if (answer.status === 401) throw new OutageError('Our key for the payment service is not valid any more.');
    if (!answer.ok) throw new Error(`The payment service answered ${answer.status}.`);
  },
  // fetch rejects with a TypeError where nobody can be reached.
  classify: (error) => (error instanceof TypeError ? 'outage' : undefined),
});
