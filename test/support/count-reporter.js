const { writeFileSync } = require('node:fs');

/** Writes how many tests passed, failed and were skipped, for whoever adds up several runs. */
module.exports = class CountReporter {
  onRunComplete(_, { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests, numTodoTests }) {
    const counts = {
      passed: numPassedTests,
      failed: Math.max(numFailedTests, numFailedTestSuites),
      skipped: numPendingTests + numTodoTests,
    };
    writeFileSync(process.env.MSK_ONCE_TEST_COUNTS, JSON.stringify(counts));
  }
};
