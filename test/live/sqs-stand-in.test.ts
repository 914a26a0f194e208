/** ElasticMQ is held to the laws that the stand-in for SQS is held to: so the stand-in is no notion of ours. */
import { SQS } from '../../local/servers/sqs-server';
import { testSqsLaws } from '../laws/sqs-laws';
import { type LiveServers, liveServers } from '../support/live-servers';

let servers: LiveServers;
beforeAll(async () => {
  servers = await liveServers({ servers: [SQS] });
});
afterAll(() => servers?.stop());

testSqsLaws('ElasticMQ', () => ({ endpoint: servers.sqs }));
