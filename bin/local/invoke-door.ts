import { ENVIRONMENT } from '../../contract/environment';
import type { LocalServer } from '../../local/aws/http-server';
import { openInvoke } from '../../local/invoke/open-invoke';
import type { LocalSurroundings } from '../../local/run/surroundings';
import type { KafkaMapping } from '../../local/template/kafka-mapping';
import { LOCAL_ACCESS_KEY } from '../../local/worker/worker-environment';
import type { View } from './view';

type Around = Pick<LocalSurroundings, 'database' | 'env' | 'stores'>;

/** Lambda's Invoke for the functions of a run; says how to reach it, and how to redrive the letters of the run by it. */
export async function openInvokeDoor(
  mappings: readonly KafkaMapping[],
  { database, env, stores }: Around,
  view: View,
): Promise<LocalServer> {
  const door = await openInvoke({
    mappings,
    environment: { ...env, AWS_ENDPOINT_URL_DYNAMODB: database.endpoint },
    onOutput: (worker, line) => view.event({ type: 'output', worker, line }),
  });
  const variables = {
    AWS_ENDPOINT_URL_LAMBDA: door.endpoint,
    [ENVIRONMENT.sqsEndpoint]: stores.sqs,
    [ENVIRONMENT.s3Endpoint]: stores.s3,
    AWS_REGION: mappings[0]?.function.region ?? '',
    AWS_ACCESS_KEY_ID: LOCAL_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: LOCAL_ACCESS_KEY,
  };
  const exports = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  view.event({ type: 'note', text: `Lambda's Invoke answers here: export ${exports.join(' ')}` });
  for (const { function: lambda, functionName, aliasName } of mappings) {
    const letters = lambda.environment[ENVIRONMENT.deadLetters];
    if (letters === undefined || aliasName === undefined) continue;
    const text = `  msk-once redrive --from ${letters} --function ${functionName}:${aliasName}`;
    view.event({ type: 'note', text });
  }
  return door;
}
