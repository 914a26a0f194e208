import { DynamoDBClient, type ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import type {
  SdkHandlerOptions,
  SdkHttpRequest,
  SdkHttpResponse,
} from '../../local/dynamodb/engine/engine-request-handler';

/** Answers the requests of a client: `EngineRequestHandler`, or what the simulator puts before it. */
export interface SimulatedHandler {
  handle(request: SdkHttpRequest, options?: SdkHandlerOptions): Promise<{ readonly response: SdkHttpResponse }>;
}

const ENDPOINT = { protocol: 'http:', hostname: 'engine', path: '/' };

/**
 * The SDK's client with its own serialiser, deserialiser and errors, and nothing else between a command and `handler`:
 * signature, retries, user agent and endpoint rules take several times as long as all the rest, and lean on the real
 * clock and on randomness for what no handler without a network looks at.
 *
 * An answer's `$metadata` has no `attempts`. A client takes 0.2 ms to make: keep it from one run to the next.
 */
export function simulatedClient(handler: SimulatedHandler): DynamoDBClient {
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    cacheMiddleware: true,
  });
  const protocol = client.config.protocol as unknown as Protocol;
  client.middlewareStack.add(
    (_next, context) => {
      const { operationSchema, abortSignal } = context.__smithy_context as unknown as CommandContext;
      const [, namespace, name, traits, input, output] = operationSchema;
      const operation = { namespace, name, traits, input, output };
      const serde = { ...client.config, ...context, endpoint: async () => ENDPOINT };
      return async (args) => {
        const request = await protocol.serializeRequest(operation, args.input, serde);
        const { response } = await handler.handle(request, abortSignal && { abortSignal });
        return { response, output: await protocol.deserializeResponse(operation, serde, response) };
      };
    },
    { step: 'initialize', priority: 'high', name: 'simulatedMiddleware' },
  );
  return client;
}

/** As much as is needed of the SDK's serialiser and deserialiser, whose own types are not exported whole. */
interface Protocol {
  serializeRequest(operation: object, input: object, context: object): Promise<SdkHttpRequest>;
  deserializeResponse(operation: object, context: object, response: SdkHttpResponse): Promise<ServiceOutputTypes>;
}

/** What the SDK's context says of a command. */
interface CommandContext {
  readonly operationSchema: readonly [
    kind: number,
    namespace: string,
    name: string,
    traits: unknown,
    input: unknown,
    output: unknown,
  ];
  readonly abortSignal?: { readonly aborted: boolean };
}
