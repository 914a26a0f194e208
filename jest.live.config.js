const base = require('./jest.config.js');

/** Tests against a real broker and Amazon's DynamoDB Local; they start both themselves. */
module.exports = {
  ...base,
  testPathIgnorePatterns: [],
  testMatch: ['<rootDir>/test/live/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/live-setup.ts',
  globalTeardown: '<rootDir>/test/support/live-teardown.ts',
  maxWorkers: 1,
  // kafkajs keeps a timer of each connection that broke while requests were on it, and the tests kill brokers.
  forceExit: true,
  testTimeout: 240_000,
};
