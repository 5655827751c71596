module.exports = { ...require('../../../jest.preset.js'), displayName: 'root-key-providers', rootDir: __dirname };
