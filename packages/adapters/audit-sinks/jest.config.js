module.exports = { ...require('../../../jest.preset.js'), displayName: 'audit-sinks', rootDir: __dirname };
