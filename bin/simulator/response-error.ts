import type { SdkHttpResponse } from '../../local/dynamodb/engine/engine-request-handler';

/** The error that an answer stands for, by the service's name of it, as the SDK's client would throw it. */
export function responseError({ body }: SdkHttpResponse): Error {
  const { __type: type } = JSON.parse(new TextDecoder().decode(body)) as { __type: string };
  return Object.assign(new Error(type), { name: type.slice(type.indexOf('#') + 1) });
}
