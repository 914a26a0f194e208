/**
 * Identifiers that a bundler may define as `false` to leave out what a function is not configured to use, about as
 * many kilobytes of minified code as stand beside them. Where they are not defined everything is in.
 */
export const BUNDLED = {
  /** 35 KB. */
  sqs: 'MSK_ONCE_BUNDLED_SQS',
  /** 170 KB. */
  s3: 'MSK_ONCE_BUNDLED_S3',
} as const;
