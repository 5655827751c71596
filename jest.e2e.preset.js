const preset = require('./jest.int.preset.js');

/** End-to-end tests, `apps/<app>/e2e/**.e2e.test.ts`: a running server and the stock AWS SDK; a Postgres is at hand. */
module.exports = {
  ...preset,
  globalSetup: `${__dirname}/tools/services/src/jest-e2e.ts`,
  testMatch: ['<rootDir>/e2e/**/*.e2e.test.ts'],
  reporters: ['default', [`${__dirname}/tools/check/jest-results-reporter.js`, { target: 'e2e' }]],
  testTimeout: 120_000,
};
