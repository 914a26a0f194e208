const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const base = require('../jest.config.js');

const NAME = '@aws-lambda-powertools/idempotency';
const folder = process.env.MSK_ONCE_POWERTOOLS;
if (!folder) throw new Error('MSK_ONCE_POWERTOOLS is not set; accepted is the folder of a Powertools package');
const { exports: entries } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Every entry of the package that can be required, by the name under which it is. */
const moduleNameMapper = Object.fromEntries(
  Object.entries(entries).flatMap(([entry, { require: required }]) => {
    const target = required?.default ?? required;
    return target === undefined ? [] : [[`^${NAME}${entry.slice(1)}$`, join(folder, target)]];
  }),
);

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: join(__dirname, '..'),
  // The example runs in a process of its own, with what is installed there.
  testMatch: ['<rootDir>/test/handlers/powertools/!(example).test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/'],
  moduleNameMapper,
  // It runs beside the live tests.
  maxWorkers: 1,
};
