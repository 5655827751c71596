const swc = [
  '@swc/jest',
  { jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2024' }, module: { type: 'commonjs' } },
];

/** Shared by every package's jest.config.js: swc for speed, sources instead of built files, README examples as tests. */
module.exports = {
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'md'],
  transform: { '^.+\\.ts$': swc, 'README\\.md$': `${__dirname}/tools/check/readme-transform.js` },
  testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/README.md'],
  testEnvironmentOptions: { customExportConditions: ['@keywarden/source', 'node', 'node-addons'] },
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.int\\.test\\.ts$'],
  modulePathIgnorePatterns: ['/dist/'],
  reporters: ['default', [`${__dirname}/tools/check/jest-results-reporter.js`, { target: 'test' }]],
  testTimeout: 30_000,
};
