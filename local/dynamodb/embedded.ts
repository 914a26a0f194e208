import { DynamoDbEngine } from './engine/engine';
import { type EngineServer, startEngineServer } from './engine/engine-http';

export type EmbeddedDynamoDb = EngineServer;

/** A DynamoDB in this process, empty: no Java, no network beyond this machine. What it does not know it refuses by name. */
export function startEmbeddedDynamoDb(): Promise<EmbeddedDynamoDb> {
  return startEngineServer(new DynamoDbEngine());
}
