module.exports = { ...require('../../../jest.preset.js'), displayName: 'root-key-file', rootDir: __dirname };
