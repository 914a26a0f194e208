import { requestHeaders } from '../dynamodb/request-headers';

/** Whether ListTables is answered at that address. */
export async function dynamodbAnswers(url: string, timeoutMs: number): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...requestHeaders('ListTables'), connection: 'close' },
      body: '{}',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer: unknown = await response.json();
    return response.ok && typeof answer === 'object' && answer !== null && 'TableNames' in answer;
  } catch {
    return false;
  }
}
