module.exports = { ...require('../../../jest.preset.js'), displayName: 'xks-service', rootDir: __dirname };
