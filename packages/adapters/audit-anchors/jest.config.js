module.exports = { ...require('../../../jest.preset.js'), displayName: 'audit-anchors', rootDir: __dirname };
