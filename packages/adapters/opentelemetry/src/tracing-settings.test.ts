import { TracingSettingsError, tracingSettings } from './tracing-settings';

describe('tracingSettings', () => {
  it.each([
    [{}],
    [{ OTEL_TRACES_EXPORTER: 'none' }],
    [{ OTEL_TRACES_EXPORTER: '' }],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }],
    [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'TRUE' }],
    [{ OTEL_SERVICE_NAME: 'keys', OTEL_TRACES_SAMPLER: 'always_on' }],
  ])('is off with %j', (environment) => {
    expect(tracingSettings(environment)).toBeUndefined();
  });

  it.each([
    [{ OTEL_TRACES_EXPORTER: 'otlp' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces', OTEL_SDK_DISABLED: 'false' }],
  ])('is on, with the usual values, with %j', (environment) => {
    expect(tracingSettings(environment)).toEqual({
      protocol: 'http/protobuf',
      sampler: 'parentbased_always_on',
      ratio: 1,
      batch: { scheduledDelayMillis: 5_000, exportTimeoutMillis: 30_000, maxQueueSize: 2_048, maxExportBatchSize: 512 },
    });
  });

  it('takes the protocol of traces before the one of all signals', () => {
    const environment = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    const settings = tracingSettings({ ...environment, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' });
    expect(settings?.protocol).toBe('http/json');
    expect(() => tracingSettings(environment)).toThrow('OTEL_EXPORTER_OTLP_PROTOCOL must be one of');
  });

  it.each([
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote'],
    ['OTEL_TRACES_SAMPLER', 'constructor'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_TRACES_SAMPLER_ARG', '1e-3'],
    ['OTEL_TRACES_SAMPLER_ARG', '-0'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
    ['OTEL_BSP_SCHEDULE_DELAY', 'soon'],
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '4096'],
  ])('refuses %s=%s with one line that names it', (name, value) => {
    const read = () => tracingSettings({ OTEL_TRACES_EXPORTER: 'otlp', [name]: value });
    expect(read).toThrow(TracingSettingsError);
    expect(read).toThrow(new RegExp(`^${name} must [^\n]+$`));
  });

  it.each(['0', '1', '0.25', '.5', '1.0'])('takes %s for a ratio', (text) => {
    const given = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: text };
    expect(tracingSettings(given)).toMatchObject({ sampler: 'traceidratio', ratio: Number(text) });
  });
});
