module.exports = { ...require('../../../jest.preset.js'), displayName: 'nitro-attestation', rootDir: __dirname };
