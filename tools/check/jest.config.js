module.exports = { ...require('../../jest.preset.js'), displayName: 'check', rootDir: __dirname };
