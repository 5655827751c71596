/** What the standard variables of OpenTelemetry ask for; the exporter reads address, headers and timeouts itself. */
export interface TracingSettings {
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly sampler: SamplerName;
  /** Share of the traces that begin here and are kept, 0 to 1; for the samplers with a ratio. */
  readonly ratio: number;
  readonly batch: BatchSettings;
}

/** How spans wait to be sent; what finds the queue full is dropped. */
export interface BatchSettings {
  readonly scheduledDelayMillis: number;
  readonly exportTimeoutMillis: number;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
}

export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof samplerNames)[number];

/** A variable asks for something that cannot be done; the message is one line for a person. */
export class TracingSettingsError extends Error {
  override readonly name = 'TracingSettingsError';
}

type Environment = Readonly<Record<string, string | undefined>>;

const protocols = ['http/protobuf', 'http/json'] as const;
const exporters = ['otlp', 'none'] as const;

/**
 * Tracing is on when an exporter or an address of OTLP is named, and `OTEL_SDK_DISABLED` is not `true`. Empty variables
 * count as unset, as the specification says.
 *
 * @returns undefined when traces are not wanted
 * @throws TracingSettingsError
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function tracingSettings(environment: Environment): TracingSettings | undefined {
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined;
  if (given('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  const endpoint = given('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? given('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (given('OTEL_TRACES_EXPORTER') === undefined && endpoint === undefined) return undefined;
  if (oneOf(exporters, 'OTEL_TRACES_EXPORTER', given('OTEL_TRACES_EXPORTER') ?? 'otlp') === 'none') return undefined;
  const sampler = oneOf(samplerNames, 'OTEL_TRACES_SAMPLER', given('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on');
  const chosen = given('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL');
  const batch: BatchSettings = {
    scheduledDelayMillis: wholeNumber('OTEL_BSP_SCHEDULE_DELAY', given('OTEL_BSP_SCHEDULE_DELAY'), 5_000, 600_000),
    exportTimeoutMillis: wholeNumber('OTEL_BSP_EXPORT_TIMEOUT', given('OTEL_BSP_EXPORT_TIMEOUT'), 30_000, 600_000),
    maxQueueSize: wholeNumber('OTEL_BSP_MAX_QUEUE_SIZE', given('OTEL_BSP_MAX_QUEUE_SIZE'), 2_048, 100_000),
    maxExportBatchSize: wholeNumber(
      'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
      given('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
      512,
      100_000,
    ),
  };
  if (batch.maxExportBatchSize > batch.maxQueueSize) {
    throw new TracingSettingsError('OTEL_BSP_MAX_EXPORT_BATCH_SIZE must not exceed OTEL_BSP_MAX_QUEUE_SIZE');
  }
  return {
    protocol:
      chosen === undefined
        ? oneOf(protocols, 'OTEL_EXPORTER_OTLP_PROTOCOL', given('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/protobuf')
        : oneOf(protocols, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', chosen),
    sampler,
    ratio: ratio(given('OTEL_TRACES_SAMPLER_ARG') ?? '1'),
    batch,
  };
}

function oneOf<T extends string>(choices: readonly T[], name: string, value: string): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new TracingSettingsError(`${name} must be one of ${choices.join(', ')}`);
  return found;
}

function ratio(text: string): number {
  const value = /^(0|1)?(\.\d{1,12})?$/.test(text) ? Number(text) : NaN;
  if (!(value >= 0 && value <= 1))
    throw new TracingSettingsError('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1');
  return value;
}

function wholeNumber(name: string, text: string | undefined, usual: number, most: number): number {
  if (text === undefined) return usual;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value >= 1 && value <= most)) {
    throw new TracingSettingsError(`${name} must be a whole number from 1 to ${most}`);
  }
  return value;
}
