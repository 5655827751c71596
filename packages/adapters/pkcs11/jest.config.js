module.exports = { ...require('../../../jest.preset.js'), displayName: 'pkcs11', rootDir: __dirname };
