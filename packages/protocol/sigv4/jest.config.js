module.exports = { ...require('../../../jest.preset.js'), displayName: 'sigv4', rootDir: __dirname };
