module.exports = { ...require('../../../jest.preset.js'), displayName: 'custom-key-stores', rootDir: __dirname };
