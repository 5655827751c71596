import { DiagLogLevel, context, diag, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TracingSettings } from './tracing-settings';

/** Sends spans until it is closed. */
export interface RunningSdk {
  /** Sends what is waiting, for at most five seconds, and ends. Never rejects. */
  close(): Promise<void>;
}

const closeWithinMs = 5_000;

/**
 * Makes the spans of this process real and sends them by OTLP over HTTP. To be called once.
 *
 * @param service the name of this service, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` says another
 * @param onTrouble told, in words, what kept spans from being sent; nobody else is affected by it
 */
export function startSdk(
  settings: TracingSettings,
  service: { readonly name: string; readonly version: string },
  onTrouble: (what: string) => void,
): RunningSdk {
  const say = (message: string): void => onTrouble(message);
  const quiet = (): void => undefined;
  diag.setLogger({ error: say, warn: say, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.WARN);
  const exporter = settings.protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter();
  const own = resourceFromAttributes({ 'service.name': service.name, 'service.version': service.version });
  const provider = new TracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    sampler: samplers[settings.sampler](settings.ratio),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...settings.batch })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return { close: () => closed(provider, onTrouble) };
}

const always = () => new AlwaysOnSampler();
const never = () => new AlwaysOffSampler();
const share = (ratio: number) => new TraceIdRatioBasedSampler(ratio);

/** Those that are based on the parent follow the decision of a caller who sent one. */
const samplers: { readonly [S in TracingSettings['sampler']]: (ratio: number) => Sampler } = {
  always_on: always,
  always_off: never,
  traceidratio: share,
  parentbased_always_on: () => new ParentBasedSampler({ root: always() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: never() }),
  parentbased_traceidratio: (ratio) => new ParentBasedSampler({ root: share(ratio) }),
};

async function closed(provider: TracerProvider, onTrouble: (what: string) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      onTrouble('the last spans could not be sent in time');
      resolve();
    }, closeWithinMs);
  });
  const sent = provider.shutdown().catch(() => onTrouble('the last spans could not be sent'));
  await Promise.race([sent, late]);
  clearTimeout(timer);
  trace.disable();
  context.disable();
  propagation.disable();
  diag.disable();
}
