import type { IncomingMessage, ServerResponse } from 'node:http';
import { MAXIMUM_PAYLOAD_BYTES } from '../../contract/limits';
import { type LocalServer, serve } from '../aws/http-server';
import type { Sandbox } from '../event-source/sandbox';
import { parseFunctionName } from '../template/function-name';
import type { KafkaMapping } from '../template/kafka-mapping';
import type { InvocationResult } from '../worker/invocation-result';
import { InvokeError, invalidContent, noSuchFunction, throttled, tooLarge, unsupported } from './invoke-error';
import { SandboxPool } from './sandbox-pool';

/** Of a mapping, what an invocation by hand needs. */
export type Invokable = Pick<KafkaMapping, 'logicalId' | 'functionName' | 'invokedFunctionArn' | 'function'>;

export interface InvokeServerOptions {
  readonly mappings: readonly Invokable[];
  /** Opens a place where one invocation after the other runs; `name` is a new one each time. */
  readonly open: (mapping: Invokable, name: string) => Sandbox;
}

/** Invocations of one function at once; further ones are throttled. */
const AT_ONCE = 10;
const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/**
 * Lambda's Invoke for the functions behind mappings, by the aliases that the mappings call, at a free port of this
 * machine: what `AWS_ENDPOINT_URL_LAMBDA` may name. Synchronous invocations and dry runs; signatures are not checked.
 */
export async function startInvokeServer({ mappings, open }: InvokeServerOptions): Promise<LocalServer> {
  const pools = new Map(
    mappings.map((mapping) => [
      mapping.invokedFunctionArn,
      new SandboxPool(AT_ONCE, (nth) => open(mapping, `${mapping.logicalId}/invoke-${nth}`)),
    ]),
  );
  const server = await serve(async (incoming, body, outgoing) => {
    try {
      const { mapping, isDryRun } = readRequest(incoming, body, mappings);
      if (isDryRun) return answer(outgoing, 204, {}, '');
      const event = eventIn(body);
      const result = await pools.get(mapping.invokedFunctionArn)?.run((sandbox) => sandbox.invoke(event));
      if (result === undefined) throw throttled();
      const version = mapping.function.version;
      answer(outgoing, 200, { 'x-amz-executed-version': version, ...failureHeader(result) }, payloadOf(result));
    } catch (error) {
      refuse(outgoing, error as Error);
    }
  });
  return {
    endpoint: server.endpoint,
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      await server.close();
    },
  };
}

function readRequest({ method, url = '', headers }: IncomingMessage, body: Buffer, mappings: readonly Invokable[]) {
  const { pathname, searchParams } = new URL(url, 'http://local');
  const [, written] = PATH.exec(pathname) ?? [];
  if (method !== 'POST' || written === undefined) throw unsupported(`${method} ${pathname}`);
  const type = String(headers['x-amz-invocation-type'] ?? 'RequestResponse');
  if (type !== 'RequestResponse' && type !== 'DryRun') throw unsupported(`the invocation type ${type}`);
  const name = decodeURIComponent(written);
  const { functionName, qualifier = searchParams.get('Qualifier') ?? undefined } = parseFunctionName(name);
  const mapping = mappings.find(
    (one) => one.functionName === functionName && qualifierOf(one.invokedFunctionArn) === qualifier,
  );
  if (!mapping)
    throw noSuchFunction(
      functionName,
      qualifier,
      mappings.map(({ invokedFunctionArn }) => invokedFunctionArn),
    );
  if (body.length > MAXIMUM_PAYLOAD_BYTES) throw tooLarge(MAXIMUM_PAYLOAD_BYTES);
  return { mapping, isDryRun: type === 'DryRun' };
}

const qualifierOf = (arn: string) => parseFunctionName(arn).qualifier;

function eventIn(body: Buffer) {
  try {
    return JSON.parse(body.toString() || '{}');
  } catch (error) {
    throw invalidContent((error as Error).message);
  }
}

const failureHeader = ({ kind }: InvocationResult) =>
  kind === 'response' ? {} : { 'x-amz-function-error': 'Unhandled' };

function payloadOf(result: InvocationResult): string {
  if (result.kind === 'response') return JSON.stringify(result.payload);
  const { errorType, errorMessage, trace } = result;
  return JSON.stringify({ errorType, errorMessage, ...(trace && { trace }) });
}

function answer(
  outgoing: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  outgoing.end(body);
}

function refuse(outgoing: ServerResponse, error: Error): void {
  const { status, type } = error instanceof InvokeError ? error : { status: 500, type: 'ServiceException' };
  // A bug of this server must not look like a lost connection.
  const Message = error instanceof InvokeError ? error.message : `A bug of msk-once, please report it: ${error.stack}`;
  answer(outgoing, status, { 'x-amzn-errortype': type }, JSON.stringify({ Type: 'User', Message }));
}
