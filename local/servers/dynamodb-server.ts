import path from 'node:path';
import { DYNAMODB_VARIABLE, dynamodbAddress } from './address';
import { JAVA_OPTIONS, type ServerDefinition } from './definition';
import { dynamodbAnswers } from './dynamodb-answers';

/** Amazon's DynamoDB Local, in memory. */
export const DYNAMODB: ServerDefinition = {
  name: 'dynamodb',
  title: 'DynamoDB Local',
  variable: DYNAMODB_VARIABLE,
  downloadMB: 48,
  address: dynamodbAddress,
  ports: ({ port }) => [port],
  answers: ({ text }) => dynamodbAnswers(text, 1_000),
  programs: ({ address, lib }) => [
    [
      ...JAVA_OPTIONS,
      `-Dsqlite4java.library.path=${lib}`,
      '-cp',
      path.join(lib, '*'),
      'software.amazon.dynamodb.services.local.main.ServerRunner',
      '-inMemory',
      '-sharedDb',
      '-disableTelemetry',
      '-port',
      String(address.port),
    ],
  ],
};
