module.exports = { ...require('../../../jest.preset.js'), displayName: 'node-crypto', rootDir: __dirname };
