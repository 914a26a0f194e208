import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropsError } from '../props-error';

const MAXIMUM = 10;
/** Source: CloudFormation resource schema, AWS::Lambda::EventSourceMapping, KafkaBootstrapServers. */
const SERVER = /^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?:\d{1,5}$/;
const MAXIMUM_LENGTH = 300;
const HIGHEST_PORT = 65_535;

const ACCEPTED = `1 to ${MAXIMUM} addresses as host:port`;

/** The list, or members of it, may be tokens. */
export function checkBootstrapServers(scope: IConstruct, servers: string[]): void {
  if (Token.isUnresolved(servers)) return;
  const refusal = (prop: string, received: unknown, change: string) =>
    new PropsError(scope, { prop, received, accepted: ACCEPTED, change });
  // The compiler asks for a list too; JavaScript does not.
  if (!Array.isArray(servers) || servers.length === 0) {
    throw refusal('bootstrapServers', servers, 'Name at least one broker.');
  }
  if (servers.length > MAXIMUM) {
    const change = 'Some are enough: the pollers learn the others from them.';
    throw refusal('bootstrapServers', `${servers.length} addresses`, change);
  }
  for (const [index, server] of servers.entries()) {
    if (Token.isUnresolved(server) || isServer(server)) continue;
    throw refusal(`bootstrapServers[${index}]`, server, advice(String(server)));
  }
}

function isServer(server: string): boolean {
  return SERVER.test(server) && server.length <= MAXIMUM_LENGTH && Number(server.split(':')[1]) <= HIGHEST_PORT;
}

function advice(server: string): string {
  if (server.includes(',')) return "Give each address of its own: text.split(',').";
  if (server.includes('://')) return 'Leave the protocol out: the authentication implies it.';
  return 'Write it as broker-1.example.com:9096.';
}
