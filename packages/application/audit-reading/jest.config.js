module.exports = { ...require('../../../jest.preset.js'), displayName: 'audit-reading', rootDir: __dirname };
