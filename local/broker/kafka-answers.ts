import { kafkaClient } from './kafka-client';

/** Whether a broker answers a metadata request at that address, and knows a controller. */
export async function kafkaAnswers(address: string, timeoutMs: number): Promise<boolean> {
  const admin = kafkaClient(address, 'msk-once-probe', { connectionTimeout: timeoutMs, retry: { retries: 0 } }).admin();
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    return brokers.length > 0 && controller !== null;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}
