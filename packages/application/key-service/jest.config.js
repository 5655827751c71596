module.exports = { ...require('../../../jest.preset.js'), displayName: 'key-service', rootDir: __dirname };
