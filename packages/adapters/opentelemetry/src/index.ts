export {
  type BatchSettings,
  type SamplerName,
  type TracingSettings,
  TracingSettingsError,
  samplerNames,
  tracingSettings,
} from './tracing-settings';
