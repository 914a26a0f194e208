/** What the event source and its worker process say to each other over the IPC channel. */

/** An error as Lambda reports it. Source: Lambda Runtime API, invocation error and initialization error. */
export interface ErrorShape {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  /** JSON text, so that the handler gets exactly what parsing it gives. */
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
}

export type WorkerMessage =
  /** The debugger that was waited for is there, and the function is being loaded. */
  | { readonly type: 'attached' }
  | { readonly type: 'ready' }
  | { readonly type: 'init-error'; readonly error: ErrorShape }
  /** `payload` is JSON text. */
  | { readonly type: 'response'; readonly requestId: string; readonly payload: string }
  | { readonly type: 'error'; readonly requestId: string; readonly error: ErrorShape }
  /** Uncaught: the process ends after it. */
  | { readonly type: 'fatal'; readonly error: ErrorShape };
