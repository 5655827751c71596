import { openTelemetryTracing } from '@keywarden/telemetry';
import { type RunningSdk, startSdk } from './sdk';
import { type OtlpReceiver, startOtlpReceiver } from './testing';
import { tracingSettings } from './tracing-settings';

const callersTrace = '0af7651916cd43dd8448eb211c80319c';
const traceparent = (flags: string): [string, string] => [
  'Traceparent',
  `00-${callersTrace}-b7ad6b7169203331-${flags}`,
];

describe('spans of this process', () => {
  let receiver: OtlpReceiver;
  let sdk: RunningSdk | undefined;
  let trouble: string[];
  const before = { ...process.env };

  /** The exporter reads the environment of the process itself. */
  function start(more: Record<string, string> = {}): ReturnType<typeof openTelemetryTracing> {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, ...more };
    Object.assign(process.env, environment);
    const settings = tracingSettings(process.env);
    if (settings === undefined) throw new Error('traces are on in this test');
    sdk = startSdk(settings, { name: 'keywarden-test', version: '1.2.3' }, (what) => trouble.push(what));
    return openTelemetryTracing();
  }
  const stop = async (): Promise<void> => {
    await sdk?.close();
    sdk = undefined;
  };

  beforeEach(async () => {
    trouble = [];
    receiver = await startOtlpReceiver();
  });
  afterEach(async () => {
    await stop();
    await receiver.close();
    for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
    Object.assign(process.env, before);
  });
  const json = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };

  it('are sent with their parents, names and attributes', async () => {
    const tracing = start({ ...json, OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test' });
    const port = tracing.traced('crypto', { seal: async (text: string) => tracing.run('sql write', async () => text) });
    const answer = await tracing.request([], async () => {
      const sealed = await port.seal('s');
      tracing.describe('kms/Encrypt', { 'rpc.method': 'Encrypt', 'error.type': undefined }, false);
      return sealed;
    });
    expect(answer).toBe('s');
    await stop();
    const [sql, crypto, request] = receiver.spans;
    expect([sql?.name, crypto?.name, request?.name]).toEqual(['sql write', 'crypto.seal', 'kms/Encrypt']);
    expect(sql?.parentSpanId).toBe(crypto?.spanId);
    expect(crypto?.parentSpanId).toBe(request?.spanId);
    expect(request?.parentSpanId ?? '').toBe('');
    expect(request?.attributes).toEqual([{ key: 'rpc.method', value: { stringValue: 'Encrypt' } }]);
    expect(receiver.resources[0]).toEqual(
      expect.arrayContaining([
        { key: 'service.name', value: { stringValue: 'keywarden-test' } },
        { key: 'service.version', value: { stringValue: '1.2.3' } },
        { key: 'deployment.environment.name', value: { stringValue: 'test' } },
      ]),
    );
    expect(receiver.requests[0]).toBe('POST /v1/traces application/json');
    expect(trouble).toEqual([]);
  });

  it('continue the trace of the caller, and follow its decision', async () => {
    const tracing = start(json);
    await tracing.request([['Host', 'k'], traceparent('01')], async () => undefined);
    await tracing.request([traceparent('00')], async () => undefined);
    await stop();
    expect(receiver.spans).toMatchObject([{ traceId: callersTrace, parentSpanId: 'b7ad6b7169203331' }]);
  });

  it.each(['', '00-xyz', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 'é'.repeat(55)])(
    'begin a trace of their own when the caller sends %j',
    async (value) => {
      const tracing = start(json);
      await tracing.request([['traceparent', value]], async () => undefined);
      await stop();
      expect(receiver.spans).toHaveLength(1);
      expect(receiver.spans[0]?.traceId).not.toBe(callersTrace);
      expect(receiver.spans[0]?.parentSpanId ?? '').toBe('');
    },
  );

  it('name a fault, and say nothing of its message', async () => {
    const tracing = start(json);
    const port = tracing.traced('store', {
      read: () => Promise.reject(new RangeError('the secret is horse')),
      write: (): void => {
        throw new TypeError('horse');
      },
    });
    await tracing.request([], async () => {
      await expect(port.read()).rejects.toThrow('horse');
      expect(() => port.write()).toThrow('horse');
    });
    await stop();
    const failed = receiver.spans.filter(({ status }) => status?.code === 2);
    expect(failed.map(({ name, attributes }) => [name, attributes[0]?.value['stringValue']])).toEqual([
      ['store.read', 'RangeError'],
      ['store.write', 'TypeError'],
    ]);
    expect(receiver.text()).not.toContain('horse');
  });

  it('are only made inside a request or a job', async () => {
    const tracing = start(json);
    await tracing.run('sql alone', async () => undefined);
    await tracing.job('maintenance', () => tracing.run('sql inside', async () => undefined));
    await stop();
    expect(receiver.spans.map(({ name }) => name)).toEqual(['sql inside', 'maintenance']);
  });

  it('go out as protobuf unless told otherwise', async () => {
    const tracing = start();
    await tracing.request([], async () => tracing.describe('kms/Sign', {}, true));
    await stop();
    expect(receiver.requests).toEqual(['POST /v1/traces application/x-protobuf']);
    expect(receiver.text()).toContain('kms/Sign');
  });

  it('keep private fields, getters and results of what they are put around', async () => {
    class Counter {
      #count = 0;
      get count(): number {
        return this.#count;
      }
      add(by: number): number {
        return (this.#count += by);
      }
    }
    const tracing = start(json);
    const counter = tracing.traced('counter', new Counter());
    expect(await tracing.request([], async () => counter.add(2))).toBe(2);
    expect(counter.count).toBe(2);
    expect(counter instanceof Counter).toBe(true);
  });

  it('that cannot be sent trouble nobody but the log, and end in time', async () => {
    const gone = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '200' };
    const tracing = start({ ...json, ...gone });
    await tracing.request([], async () => undefined);
    await stop();
    expect(trouble.length).toBeGreaterThan(0);
  });
});
