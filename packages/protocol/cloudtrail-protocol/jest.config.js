module.exports = { ...require('../../../jest.preset.js'), displayName: 'cloudtrail-protocol', rootDir: __dirname };
