module.exports = { ...require('../../../jest.preset.js'), displayName: 'quotas', rootDir: __dirname };
