import { answerRequest, CONTENT_TYPE, type EngineDoor } from './wire';

/** As much as is needed of the SDK's request; its own types stay out of `local/`. */
export interface SdkHttpRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface SdkHandlerOptions {
  readonly abortSignal?: { readonly aborted: boolean };
  /** After so many ms the request is given up. Nothing here takes time, so only what stands before it looks at this. */
  readonly requestTimeout?: number;
}

export interface SdkHttpResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  /** The SDK's deserialiser takes bytes as they are, without a stream and its turns of the event loop. */
  readonly body: Uint8Array;
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/**
 * The engine as the `requestHandler` of an SDK client: no socket and no timer, so a call takes no time but its
 * promises. The SDK's own serialiser and deserialiser stay in use.
 */
export class EngineRequestHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };

  constructor(readonly engine: EngineDoor) {}

  async handle(request: SdkHttpRequest, options: SdkHandlerOptions = {}): Promise<{ response: SdkHttpResponse }> {
    if (options.abortSignal?.aborted) throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    const { statusCode, body } = answerRequest(this.engine, targetOf(request.headers), textOf(request.body));
    return {
      response: { statusCode, headers: { 'content-type': CONTENT_TYPE }, body: ENCODER.encode(body) },
    };
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  destroy(): void {}
}

function targetOf(headers: Readonly<Record<string, string>>): string {
  const name = Object.keys(headers).find((header) => header.toLowerCase() === 'x-amz-target');
  return name === undefined ? '' : (headers[name] ?? '');
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return DECODER.decode(body);
  throw new Error(`The engine reads a request body of text or bytes, found ${typeof body}: report this bug.`);
}
