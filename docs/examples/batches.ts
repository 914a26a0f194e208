import { json, PermanentError, processRecords } from 'msk-once/handlers';
import * as z from 'zod';

const product = z.object({ id: z.string(), name: z.string() });

export const handler = processRecords({
  value: json(product),
  order: 'none',
  maxRecordsPerCall: 500,
  async processBatch(records, { signal }) {
    const lines = records.flatMap(({ value, offset }) => [
      { index: { _id: value.id, version: offset, version_type: 'external' } },
      value,
    ]);
    const answer = await fetch('https://search.example/products/_bulk', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      signal,
    });
    if (!answer.ok) throw new Error(`The search service answered ${answer.status}.`);
    const { items } = (await answer.json()) as { items: { index: { status: number } }[] };
    const failed = records.flatMap((record, index) => {
      const status = items[index]?.index.status ?? 500;
      // 409: a newer version of the product is there already.
      if (status < 300 || status === 409) return [];
      const text = `The search service answered ${status} for this product.`;
      return [{ record, error: status === 400 ? new PermanentError(text) : new Error(text) }];
    });
    return { failed };
  },
});
