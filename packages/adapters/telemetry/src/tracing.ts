import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  propagation,
  trace,
} from '@opentelemetry/api';

/** Names and primitive values, each from a closed table or made by this service: never a secret, never a context. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where time goes inside a request. With `noTracing` all of it costs nothing. */
export interface Tracing {
  /** Runs the work of one request in a span that continues the trace of its caller, if it came with one. */
  request<T>(headers: readonly (readonly [string, string])[], work: () => Promise<T>): Promise<T>;
  /** Names and describes the span that is active, once more is known. */
  describe(name: string, attributes: SpanAttributes, faulty: boolean): void;
  /** Runs work that nobody asked for from outside, in a span of its own. */
  job<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Runs the work in a span under the active one; where none is active there is nothing to be a part of, and no span. */
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** The same port, each call of which runs in a span `area.method` as by `run`. */
  traced<T extends object>(area: string, port: T): T;
}

export const noTracing: Tracing = {
  request: (_headers, work) => work(),
  describe: () => undefined,
  job: (_name, work) => work(),
  run: (_name, work) => work(),
  traced: (_area, port) => port,
};

/** Spans over the API of OpenTelemetry; whoever started its SDK decides where they go. */
export function openTelemetryTracing(): Tracing {
  const tracer = trace.getTracer('keywarden');
  const inSpan = <T>(name: string, work: () => T): T =>
    trace.getActiveSpan() === undefined ? work() : tracer.startActiveSpan(name, (span) => ended(span, work));
  return {
    request: (headers, work) => {
      const parent = propagation.extract(ROOT_CONTEXT, carrierOf(headers));
      return tracer.startActiveSpan('request', { kind: SpanKind.SERVER }, parent, (span) => ended(span, work));
    },
    job: (name, work) => tracer.startActiveSpan(name, { root: true }, (span) => ended(span, work)),
    describe: (name, attributes, faulty) => {
      const span = trace.getActiveSpan();
      if (span === undefined) return;
      span.updateName(name);
      span.setAttributes(attributes as Attributes);
      if (faulty) span.setStatus({ code: SpanStatusCode.ERROR });
    },
    run: inSpan,
    traced: (area, port) => tracedPort(area, port, inSpan),
  };
}

/** The first `traceparent` and `tracestate`; the propagator ignores those that are malformed. */
function carrierOf(headers: readonly (readonly [string, string])[]): Record<string, string> {
  const carrier: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (name.length !== 11 && name.length !== 10) continue;
    const lower = name.toLowerCase();
    if (lower === 'traceparent' || lower === 'tracestate') carrier[lower] ??= value;
  }
  return carrier;
}

/** Ends the span with the work. Of a fault only its name is told: messages may quote what must stay inside. */
function ended<T>(span: Span, work: () => T): T {
  const fail = (fault: unknown): void => {
    span.setAttribute('error.type', fault instanceof Error ? fault.name : typeof fault);
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };
  try {
    const result = work();
    if (!(result instanceof Promise)) {
      span.end();
      return result;
    }
    result.then(() => span.end(), fail);
    return result;
  } catch (fault) {
    fail(fault);
    throw fault;
  }
}

type Method = (...given: unknown[]) => unknown;

function tracedPort<T extends object>(area: string, port: T, inSpan: <R>(name: string, work: () => R) => R): T {
  const methods = new Map<string | symbol, Method>();
  return new Proxy(port, {
    get: (target, name) => {
      const known = methods.get(name);
      if (known !== undefined) return known;
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || typeof name === 'symbol') return member;
      const method: Method = (...given) =>
        inSpan(`${area}.${name}`, () => Reflect.apply(member, target, given) as unknown);
      methods.set(name, method);
      return method;
    },
  });
}
