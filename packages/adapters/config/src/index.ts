export { type Configuration, ConfigurationError, readConfiguration, redacted, settingNames } from './configuration';
