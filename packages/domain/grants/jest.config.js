module.exports = { ...require('../../../jest.preset.js'), displayName: 'grants', rootDir: __dirname };
