module.exports = { ...require('../../../jest.preset.js'), displayName: 'web-identity', rootDir: __dirname };
