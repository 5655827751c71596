module.exports = { ...require('../../jest.preset.js'), displayName: 'xks-proxy', rootDir: __dirname };
