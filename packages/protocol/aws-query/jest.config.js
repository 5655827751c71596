module.exports = { ...require('../../../jest.preset.js'), displayName: 'aws-query', rootDir: __dirname };
