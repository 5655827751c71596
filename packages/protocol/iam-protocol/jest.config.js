module.exports = { ...require('../../../jest.preset.js'), displayName: 'iam-protocol', rootDir: __dirname };
