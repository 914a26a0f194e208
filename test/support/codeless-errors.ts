import type { PlainError } from './plain-errors';

/** Errors that are made without a code, and why no person is left with one of them. */
export interface Codeless {
  readonly files: RegExp;
  /** Of the message as it stands in the source. */
  readonly text: RegExp;
  readonly why: string;
}

export function fits({ files, text }: Codeless, error: PlainError & { readonly file: string }): boolean {
  return files.test(error.file) && text.test(error.text);
}

/** An invariant of ours: a command says MSK_ONCE_UNEXPECTED beneath it, and Lambda shows it with its stack. */
export function isBug({ text }: PlainError): boolean {
  return /\bbug\b/.test(text);
}

const CLASS = /^extends Error$/;

export const CODELESS: readonly Codeless[] = [
  {
    files: /^(handlers\/errors\/once-error|local\/errors|lib\/private\/props-error|testing\/errors)\.ts$/,
    text: CLASS,
    why: 'the classes that append the code',
  },
  { files: /^handlers\/errors\/user-errors\.ts$/, text: CLASS, why: 'thrown by the user, in words of the user' },

  {
    files: /^handlers\/entry\/(producer|shared\/(kafka-connection|write-messages))\.ts$/,
    text: /accepted is|is not set|do not say that partitions/,
    why: 'the demo is not in the package, and Lambda shows the message to whoever invoked its producer',
  },

  // Causes, of which the runtime makes an error with a code.
  {
    files: /^handlers\/ledger\/(attempts-bytes|leb128|ledger-item|runs-bytes)\.ts$/,
    text: /holds|goes on behind|ENDS_EARLY/,
    why: 'the second half of MSK_ONCE_LEDGER_UNREADABLE',
  },
  { files: /^handlers\/wire\/unreadable\.ts$/, text: CLASS, why: 'the reason in MSK_ONCE_VALUE_UNDECODABLE' },
  { files: /^handlers\/record\/validate\.ts$/, text: /issueTexts/, why: 'the cause of MSK_ONCE_VALUE_INVALID' },
  {
    files: /^handlers\/transaction\/marshal\.ts$/,
    text: /Bytes that have to be waited for/,
    why: 'the reason in MSK_ONCE_WRITE_INVALID',
  },
  {
    files: /^handlers\/dynamodb\/unknown-of\.ts$/,
    text: /The service gave no reason/,
    why: "the service's own error, the reason in MSK_ONCE_STORE_UNAVAILABLE",
  },
  {
    files: /^handlers\/(claims|ledger|parking)\/dynamodb-[a-z-]+\.ts$/,
    text: /arrived only after|changed hands/,
    why: 'the reason in MSK_ONCE_STORE_UNAVAILABLE',
  },
  {
    files: /^handlers\/redrive\/redrive-commits\.ts$/,
    text: /CHANGING/,
    why: 'the reason in MSK_ONCE_STORE_UNAVAILABLE',
  },
  {
    files: /^handlers\/powertools\/claim-door\.ts$/,
    text: /lease could not be renewed/,
    why: 'the reason in MSK_ONCE_STORE_UNAVAILABLE',
  },
  {
    files: /^handlers\/dead-letters\/sqs-dead-letters\.ts$/,
    text: /^(text|String\(error\))$/,
    why: 'the reason in MSK_ONCE_DEAD_LETTERS_UNAVAILABLE',
  },
  {
    files: /^handlers\/remember\/commit-queue\.ts$/,
    text: /^String\(error\)$/,
    why: 'what was thrown where nothing should throw, and was no Error either',
  },

  // As somebody else says it.
  {
    files: /^handlers\/transaction\/memory-(transaction|redrive)-store\.ts$/,
    text: /request token|Member must have|multiple operations/,
    why: "DynamoDB's refusals, in the store of tests",
  },
  {
    files: /^handlers\/entry\/shared\/flight\.ts$/,
    text: /COUNTERS_TABLE|has not taken place/,
    why: 'user code: that of the reference function',
  },
  {
    files: /^local\/dynamodb\/(dynamodb-api|engine\/errors)\.ts$/,
    text: CLASS,
    why: "DynamoDB's own errors, under its own names",
  },
  {
    files: /^local\/dynamodb\/engine\/engine-request-handler\.ts$/,
    text: /Request aborted/,
    why: 'as the SDK says that a request was aborted',
  },
  {
    files: /^local\/aws\/(sqs\/sqs|s3\/s3)-error\.ts$/,
    text: CLASS,
    why: "SQS's and S3's own errors, under their own names",
  },
  { files: /^local\/invoke\/invoke-error\.ts$/, text: CLASS, why: "Lambda's own errors, under its own names" },
  { files: /^local\/simulator\/connection\.ts$/, text: /^message$/, why: 'as a socket says that it broke' },
  {
    files: /^local\/worker\/runtime\/error-shape\.ts$/,
    text: CLASS,
    why: 'as the runtime of Lambda says what is wrong with a handler: MSK_ONCE_HANDLER_INVALID quotes it',
  },
  { files: /^local\/simulator\/user-code\.ts$/, text: CLASS, why: 'user code, of a simulated function' },
  {
    files: /^bin\/simulator\/(simulated-memory|response-error)\.ts$/,
    text: /^(type|Message|'There was no answer')$/,
    why: "DynamoDB's answers, in the simulator: the reason in MSK_ONCE_STORE_UNAVAILABLE",
  },

  // Caught before a person meets them.
  { files: /^local\/broker\/commit-refused\.ts$/, text: CLASS, why: 'caught: what was read is read again' },
  {
    files: /^local\/broker\/kafka-sockets\.ts$/,
    text: /has been closed/,
    why: 'heard by kafkajs, which is closed then',
  },
  { files: /^local\/broker\/quiet-kafkajs\.ts$/, text: /^$/, why: 'made for its stack, never thrown' },
  {
    files: /^local\/event-source\/filter\/pattern-error\.ts$/,
    text: CLASS,
    why: 'caught: MSK_ONCE_TEMPLATE_INVALID or _UNSUPPORTED quotes it',
  },
  { files: /^local\/simulator\/fields\.ts$/, text: CLASS, why: 'caught: MSK_ONCE_USAGE quotes it' },
  { files: /^local\/simulator\/unhandled\.ts$/, text: CLASS, why: 'ends a simulated worker, and nothing else' },
  {
    files: /^bin\/(command-line|commands\/judge)\.ts$/,
    text: /is a folder|is no folder|FILE stands/,
    why: 'caught: MSK_ONCE_USAGE quotes it',
  },
  { files: /^bin\/commands\/servers\.ts$/, text: CLASS, why: 'caught: a person stopped the command' },

  // Of a command, with MSK_ONCE_UNEXPECTED beneath it.
  { files: /^local\/servers\/package-root\.ts$/, text: /No package\.json/, why: 'the package is not whole' },
  { files: /^local\/simulator\/simulate\.ts$/, text: /cannot be run/, why: 'the simulator, or the runtime, has a bug' },
  { files: /^bin\/simulator\/threads\.ts$/, text: /reply\.message/, why: 'the same, from one of its threads' },
];
