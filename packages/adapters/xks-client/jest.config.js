module.exports = { ...require('../../../jest.preset.js'), displayName: 'xks-client', rootDir: __dirname };
