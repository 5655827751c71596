module.exports = { ...require('../../../jest.preset.js'), displayName: 'aws-json', rootDir: __dirname };
