// The service's template validation costs seconds in each test file; `npm run synth` runs with it on.
process.env.CDK_VALIDATION ??= 'false';
process.env.NODE_NO_WARNINGS ??= '1';
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/live/', '<rootDir>/test/package/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/', '<rootDir>/.msk-once/'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }] },
  // Jest alone would leave one of two cores idle, and the longest files mostly wait for leases and time-outs.
  maxWorkers: Math.max(3, availableParallelism() - 1),
  // A heap that grows over dozens of files makes each of them slower than a new process.
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/test/support/longest-first.js',
  globalSetup: '<rootDir>/test/support/unit-setup.ts',
  globalTeardown: '<rootDir>/test/support/unit-teardown.ts',
  testTimeout: 30_000,
  reporters: ['default', ...(process.env.MSK_ONCE_TEST_COUNTS ? ['<rootDir>/test/support/count-reporter.js'] : [])],
};
