module.exports = { ...require('../../../jest.preset.js'), displayName: 'xks-proxy-protocol', rootDir: __dirname };
