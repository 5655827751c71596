module.exports = { ...require('../../../jest.preset.js'), displayName: 'key-stores', rootDir: __dirname };
