module.exports = { ...require('../../../jest.preset.js'), displayName: 'in-memory', rootDir: __dirname };
