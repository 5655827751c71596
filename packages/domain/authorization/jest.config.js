module.exports = { ...require('../../../jest.preset.js'), displayName: 'authorization', rootDir: __dirname };
