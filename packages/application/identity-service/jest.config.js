module.exports = { ...require('../../../jest.preset.js'), displayName: 'identity-service', rootDir: __dirname };
