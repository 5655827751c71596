/** Leaves the counts of a jest run in `.results/<target>.json` of its package, where the check adds them up. */
const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

module.exports = class ResultsReporter {
  constructor(config, { target }) {
    this.file = join(config.rootDir, '.results', `${target ?? 'test'}.json`);
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites }) {
    mkdirSync(join(this.file, '..'), { recursive: true });
    const counts = { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
    writeFileSync(this.file, JSON.stringify({ ...counts, failedFiles: numFailedTestSuites }));
  }
};
