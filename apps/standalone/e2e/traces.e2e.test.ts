import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { runKeywarden } from '@keywarden/harness';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '@keywarden/opentelemetry/testing';
import { aKey } from './testing/a-key';
import { aService } from './testing/a-service';

let receiver: OtlpReceiver;
beforeAll(async () => {
  receiver = await startOtlpReceiver();
});
afterAll(() => receiver.close());

const service = aService({
  environment: {
    // Known once the receiver listens, which is before the service starts.
    get OTEL_EXPORTER_OTLP_ENDPOINT() {
      return receiver.endpoint;
    },
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_SERVICE_NAME: 'keys-under-test',
  },
});

const attributesOf = ({ attributes }: ReceivedSpan): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value['stringValue']]));

const statementsUnder = (spans: readonly ReceivedSpan[], parent: string): number => {
  const parents = spans.filter(({ name }) => name === parent).map(({ spanId }) => spanId);
  return spans.filter(({ name, parentSpanId = '' }) => name.startsWith('sql ') && parents.includes(parentSpanId))
    .length;
};

/** The span of the request with this id, and all of its trace, once they came. */
async function traceOf(requestId: string | undefined): Promise<{ request: ReceivedSpan; spans: ReceivedSpan[] }> {
  const until = Date.now() + 20_000;
  for (;;) {
    const request = receiver.spans.find((span) => attributesOf(span)['aws.request_id'] === requestId);
    if (request !== undefined) {
      return { request, spans: receiver.spans.filter(({ traceId }) => traceId === request.traceId) };
    }
    if (Date.now() > until) throw new Error(`no span of request ${requestId} came`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('traces', () => {
  it('show the steps of a request, cold and warm', async () => {
    const client = service.client();
    const { id } = await aKey(client);
    const encrypt = () => client.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('traced') }));
    const cold = await traceOf((await encrypt()).$metadata.requestId);
    expect(cold.request).toMatchObject({ name: 'kms/Encrypt', kind: 2 });
    expect(attributesOf(cold.request)).toMatchObject({
      'rpc.system': 'aws-api',
      'rpc.service': 'kms',
      'rpc.method': 'Encrypt',
    });
    const names = cold.spans.map(({ name }) => name);
    for (const name of ['signature.verify', 'directory.findKey', 'authorisation.mayUse', 'audit.record']) {
      expect(names).toContain(name);
    }
    expect(names).toContain('crypto.symmetric.encrypt');
    expect(statementsUnder(cold.spans, 'directory.findKey')).toBeGreaterThan(0);
    const warm = await traceOf((await encrypt()).$metadata.requestId);
    expect(statementsUnder(warm.spans, 'directory.findKey')).toBe(0);
    expect(receiver.resources[0]).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'keys-under-test' },
    });
  });

  it('continue the trace of the caller', async () => {
    const client = service.client();
    const traceId = 'c0ffee00000000000000000000000001';
    client.middlewareStack.add(
      (next) => (given) => {
        (given.request as { headers: Record<string, string> }).headers['traceparent'] =
          `00-${traceId}-00f067aa0ba902b7-01`;
        return next(given);
      },
      { step: 'build' },
    );
    const { id } = await aKey(client);
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x') }));
    const { $metadata } = await client.send(new DecryptCommand({ CiphertextBlob }));
    const { request } = await traceOf($metadata.requestId);
    expect(request).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
  });

  it('hold no plaintext, context, key id or credential', async () => {
    const client = service.client();
    const { id } = await aKey(client);
    const EncryptionContext = { tenantmark: 'contextmark' };
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('plaintextmark'), EncryptionContext }),
    );
    const wrong = client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { tenantmark: 'othermark' } }));
    await expect(wrong).rejects.toThrow();
    const { $metadata } = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    await traceOf($metadata.requestId);
    const { accessKeyId, secretAccessKey } = service.running.credentials;
    const marks = ['tenantmark', 'contextmark', 'othermark', 'plaintextmark', id, accessKeyId, secretAccessKey];
    for (const mark of marks) {
      expect(receiver.text()).not.toContain(mark);
      expect(receiver.text()).not.toContain(Buffer.from(mark).toString('base64'));
    }
  });
});

describe('without a variable that asks for traces', () => {
  it('nothing of the SDK is loaded', async () => {
    const runtime = join(__dirname, '../../runtime/dist/index.js');
    const script = `
      const { openTracing } = require(${JSON.stringify(runtime)});
      openTracing(JSON.parse(process.argv[1]), 'test', { info() {}, warn() {} }).then(async ({ close }) => {
        process.stdout.write(String(Object.keys(require.cache).filter((file) => file.includes('sdk-trace')).length));
        await close();
      });`;
    const loaded = async (environment: Record<string, string>): Promise<number> => {
      const run = await promisify(execFile)(process.execPath, ['-e', script, JSON.stringify(environment)]);
      return Number(run.stdout);
    };
    expect(await loaded({})).toBe(0);
    expect(await loaded({ OTEL_TRACES_EXPORTER: 'none' })).toBe(0);
    expect(await loaded({ OTEL_TRACES_EXPORTER: 'otlp' })).toBeGreaterThan(0);
  });
});

describe('a variable that cannot be followed', () => {
  it('stops the start with one line', async () => {
    const { code, errors } = await runKeywarden({
      KEYWARDEN_DATA_DIR: service.running.dataDir,
      DATABASE_URL: 'postgres://127.0.0.1:1/none',
      OTEL_TRACES_EXPORTER: 'zipkin',
    });
    expect([code, errors]).toEqual([1, 'keywarden: OTEL_TRACES_EXPORTER must be one of otlp, none\n']);
  });
});
