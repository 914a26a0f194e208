const { join } = require('node:path');
const base = require('../jest.config.js');

if (!process.version.startsWith('v24.')) throw new Error(`Node.js ${process.version} runs this; accepted is 24`);

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: join(__dirname, '..'),
  testMatch: [
    '<rootDir>/test/bundle/*.test.ts',
    '<rootDir>/test/laws/{claim,ledger,parking,transaction}*-memory.test.ts',
    '<rootDir>/test/laws/{memory,dynamodb-engine}.test.ts',
    // One of each kind: what the rest adds is cases, and not another part of Node.js.
    '<rootDir>/test/handlers/process/{answering,batch,codecs,deadline,fixtures,identity,large,ledger,outage,parking,retries,transaction}.test.ts',
  ],
  // It runs beside the live tests.
  maxWorkers: 1,
};
