module.exports = { ...require('../../../jest.preset.js'), displayName: 'xks-protocol', rootDir: __dirname };
