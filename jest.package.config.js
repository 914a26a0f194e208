const base = require('./jest.config.js');

/** The package as it would be published, in projects of strangers: it is packed and installed first, from the registry. */
module.exports = {
  ...base,
  testPathIgnorePatterns: [],
  testMatch: ['<rootDir>/test/package/*.test.ts'],
  globalSetup: '<rootDir>/test/support/package-setup.ts',
  globalTeardown: '<rootDir>/test/support/package-teardown.ts',
  // It runs beside the live tests.
  maxWorkers: 1,
  testTimeout: 240_000,
};
