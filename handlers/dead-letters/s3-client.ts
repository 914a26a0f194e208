import { deadLettersNotBundled } from '../errors';
import type { ObjectWriter } from './bucket';
import { CLIENT_SETTINGS, sendOptions } from './client-settings';

// In contract/bundle.ts. A plain name, and the import inside the condition: so a bundler sees that it is never reached.
declare const MSK_ONCE_BUNDLED_S3: boolean | undefined;

/**
 * Loads the SDK's client. It is not loaded with the function: most invocations write no letter.
 *
 * @param hasEndpoint An endpoint is configured; it has no host of its own for each bucket.
 */
export async function openBucket(hasEndpoint: boolean): Promise<ObjectWriter> {
  if (typeof MSK_ONCE_BUNDLED_S3 === 'undefined' || MSK_ONCE_BUNDLED_S3) {
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const client = new S3Client({ ...CLIENT_SETTINGS, forcePathStyle: hasEndpoint });
    return async ({ bucket, key, text }, options) => {
      // Measured: a text the SDK would turn into bytes several times, which for 6 MB takes four times as long.
      const Body = Buffer.from(text);
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: 'application/json' });
      await client.send(command, sendOptions(options));
    };
  }
  throw deadLettersNotBundled({ store: 'S3', symbol: 'MSK_ONCE_BUNDLED_S3' });
}
