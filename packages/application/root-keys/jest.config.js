module.exports = { ...require('../../../jest.preset.js'), displayName: 'root-keys', rootDir: __dirname };
