module.exports = { ...require('../../../jest.preset.js'), displayName: 'remote-kms', rootDir: __dirname };
