/** The function of the redrive tests: each order is an effect at the test's own server, which says how it goes. */
import { json, PermanentError, processRecords } from '../../../handlers';

export const handler = processRecords({
  value: json(),
  retries: 0,
  async process({ value }) {
    const { id } = value as { readonly id: string };
    const answer = await fetch(process.env.EFFECTS_URL ?? '', { method: 'POST', body: id });
    if (!answer.ok) throw new PermanentError(`the order ${id} was refused`);
  },
});
