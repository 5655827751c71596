const preset = require('./jest.preset.js');

/** Integration tests, `*.int.test.ts`: one Postgres for the run (tools/services), a database for each suite. */
module.exports = {
  ...preset,
  testMatch: ['<rootDir>/src/**/*.int.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  globalSetup: `${__dirname}/tools/services/src/jest-postgres.ts`,
  globalTeardown: `${__dirname}/tools/services/src/jest-teardown.ts`,
  reporters: ['default', [`${__dirname}/tools/check/jest-results-reporter.js`, { target: 'integration' }]],
};
