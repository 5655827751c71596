module.exports = { ...require('../../../jest.preset.js'), displayName: 'event-delivery', rootDir: __dirname };
