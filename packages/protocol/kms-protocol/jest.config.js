module.exports = { ...require('../../../jest.preset.js'), displayName: 'kms-protocol', rootDir: __dirname };
