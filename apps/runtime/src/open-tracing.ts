import { TracingSettingsError, tracingSettings } from '@keywarden/opentelemetry';
import { type Logger, type Tracing, noTracing, openTelemetryTracing } from '@keywarden/telemetry';
import { StartupError } from './startup-error';
import { version } from './version';

export interface OpenTracing {
  readonly tracing: Tracing;
  close(): Promise<void>;
}

/**
 * Starts the SDK of OpenTelemetry when the standard variables ask for traces, and loads nothing of it when they do not.
 *
 * @throws StartupError with one line when a variable asks for something that cannot be done
 */
export async function openTracing(
  environment: Readonly<Record<string, string | undefined>>,
  app: string,
  logger: Logger,
): Promise<OpenTracing> {
  const settings = settingsOf(environment);
  if (settings === undefined) return { tracing: noTracing, close: () => Promise.resolve() };
  const { startSdk } = await import('@keywarden/opentelemetry/sdk');
  const sdk = startSdk(settings, { name: app, version }, (what) =>
    logger.warn({ detail: what.slice(0, longestDetail) }, 'traces are not sent'),
  );
  logger.info({ protocol: settings.protocol, sampler: settings.sampler }, 'traces are sent');
  return { tracing: openTelemetryTracing(), close: () => sdk.close() };
}

const longestDetail = 500;

function settingsOf(environment: Readonly<Record<string, string | undefined>>) {
  try {
    return tracingSettings(environment);
  } catch (cause) {
    if (cause instanceof TracingSettingsError) throw new StartupError(cause.message, { cause });
    throw cause;
  }
}
