import { once } from 'node:events';
import { request } from 'node:http';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { aKey } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { refusal, refused } from './testing/refused';
import { send } from './testing/signed-call';

const service = aService({ environment: { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' } });
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const minutes = 60_000;

describe('an answer', () => {
  it.each([
    ['success', 'GenerateRandom', { NumberOfBytes: 1 }, 200],
    ['refusal', 'GenerateRandom', {}, 400],
    ['empty success', 'EnableKey', 'a key', 200],
  ])('has the headers that clients rely on (%s)', async (_, operation, body, status) => {
    const given = body === 'a key' ? { KeyId: (await aKey(service.client())).id } : body;
    const answer = await service.wire(operation, given);
    expect(answer.status).toBe(status);
    const { headers } = answer;
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(headers.get('x-amzn-requestid')).toMatch(uuid);
    expect(headers.get('cache-control')).toBe('no-cache, no-store, must-revalidate, private');
    expect(headers.get('expires')).toBe('0');
    expect(headers.get('pragma')).toBe('no-cache');
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(answer.text)));
    expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(5_000);
    expect(headers.get('x-amz-crc32')).toBeNull();
  });

  it('has a request id of its own, which the SDK shows', async () => {
    const ids = new Set<string | undefined>();
    for (let i = 0; i < 3; i += 1) {
      const { $metadata } = await service.client().send(new ListKeysCommand({}));
      expect($metadata.requestId).toMatch(uuid);
      ids.add($metadata.requestId);
    }
    expect(ids.size).toBe(3);
  });

  it('tells instants as numbers of seconds with a fraction, and leaves absent members out', async () => {
    const { text } = await service.wire('CreateKey', {});
    const { KeyMetadata } = JSON.parse(text) as { KeyMetadata: Record<string, unknown> };
    expect(text).toMatch(/"CreationDate":\d{10}(\.\d{1,3})?[,}]/);
    expect(Object.values(KeyMetadata)).not.toContain(null);
    expect(KeyMetadata).not.toHaveProperty('DeletionDate');
    expect(KeyMetadata).not.toHaveProperty('MultiRegionConfiguration');
  });
});

describe('a request', () => {
  it('may have members that nobody knows', async () => {
    expect((await service.wire('GenerateRandom', { NumberOfBytes: 1, Colour: 'blue' })).status).toBe(200);
  });

  it.each(['', '{', '[]', 'null', '"x"', '{"NumberOfBytes":"1"}', '{"NumberOfBytes":1.5}', '{"NumberOfBytes":1}x'])(
    'is refused when its body is %j',
    async (body) => {
      const answer = await service.wire('GenerateRandom', {}, { body });
      expect(answer.status).toBe(400);
      const { __type } = JSON.parse(answer.text) as { __type: string };
      expect(['SerializationException', 'ValidationException']).toContain(__type);
    },
  );

  it('is refused when it names no operation of the service', async () => {
    for (const operation of ['Obliterate', 'constructor', '__proto__', '']) {
      const { status, text } = await service.wire(operation, {});
      expect({ status, text: JSON.parse(text) }).toMatchObject({
        status: 400,
        text: { __type: 'UnknownOperationException' },
      });
    }
  });
});

describe('a signature', () => {
  const mismatch =
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
    'and signing method. Consult the service documentation for details.';

  it('is asked for', async () => {
    const answer = await send(
      `${service.running.endpoint}/`,
      [
        ['Content-Type', 'application/x-amz-json-1.1'],
        ['X-Amz-Target', 'TrentService.ListKeys'],
      ],
      new TextEncoder().encode('{}'),
    );
    expect({ status: answer.status, body: JSON.parse(answer.text) }).toEqual({
      status: 400,
      body: { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
    });
  });

  it('must be made with the secret of the access key', async () => {
    const { accessKeyId } = service.running.credentials;
    const wrong = new KMSClient({
      endpoint: service.running.endpoint,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey: 'another secret altogether' },
    });
    expect(await refused(wrong.send(new ListKeysCommand({})))).toEqual(refusal('InvalidSignatureException', mismatch));
    wrong.destroy();
  });

  it('must be made with an access key that is known', async () => {
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'whatever it may be' };
    const stranger = service.client('us-east-1', { credentials });
    expect(await refused(stranger.send(new ListKeysCommand({})))).toEqual(
      refusal('UnrecognizedClientException', 'The security token included in the request is invalid.'),
    );
  });

  it.each([
    [-6, /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/],
    [6, /^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 5 min\.\)$/],
  ])('%i minutes off is refused, with the Date that mends a client clock', async (off, message) => {
    const answer = await service.wire('ListKeys', {}, { signedAt: Date.now() + off * minutes });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({
      __type: 'InvalidSignatureException',
      message: expect.stringMatching(message),
    });
  });

  it('four minutes off is taken', async () => {
    expect((await service.wire('ListKeys', {}, { signedAt: Date.now() - 4 * minutes })).status).toBe(200);
  });

  it('of a client whose clock is an hour off is mended by its retry', async () => {
    const real = Date.now;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => real() + 60 * minutes);
    try {
      const { $metadata } = await service.client('us-east-1', { maxAttempts: 3 }).send(new ListKeysCommand({}));
      expect($metadata.attempts).toBe(2);
    } finally {
      clock.mockRestore();
    }
  });

  it('for another Region or service is refused', async () => {
    for (const more of [{ region: 'eu-central-1' }, { service: 's3' }]) {
      const answer = await service.wire('ListKeys', {}, more);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toMatchObject({ __type: 'InvalidSignatureException' });
    }
  });

  it('covers the body', async () => {
    const answer = await service.wire('GenerateRandom', { NumberOfBytes: 1 }, { sentBody: '{"NumberOfBytes":2}' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({ __type: 'InvalidSignatureException', message: mismatch });
  });
});

describe('Regions', () => {
  it('keep their keys apart, each under the ARN of its Region', async () => {
    const home = service.client();
    const abroad = service.client('eu-west-1');
    const here = await aKey(home, { Description: 'here' });
    const there = await aKey(abroad, { Description: 'there' });
    expect(here.arn).toBe(`arn:aws:kms:us-east-1:${account}:key/${here.id}`);
    expect(there.arn).toBe(`arn:aws:kms:eu-west-1:${account}:key/${there.id}`);
    const ids = async (client: KMSClient) =>
      (await client.send(new ListKeysCommand({}))).Keys?.map(({ KeyId }) => KeyId);
    expect(await ids(home)).not.toContain(there.id);
    expect(await ids(abroad)).toEqual([there.id]);
    expect(await refused(home.send(new DescribeKeyCommand({ KeyId: there.id })))).toEqual(
      refusal('NotFoundException', `Key '${service.arn(there.id)}' does not exist`),
    );
    expect(await refused(home.send(new DescribeKeyCommand({ KeyId: there.arn })))).toEqual(
      refusal('NotFoundException', 'Invalid arn eu-west-1'),
    );
  });

  it('have a primary multi-Region key in the Region that made it', async () => {
    const { KeyMetadata } = await service.client('eu-west-1').send(new CreateKeyCommand({ MultiRegion: true }));
    expect(KeyMetadata?.MultiRegionConfiguration?.PrimaryKey?.Region).toBe('eu-west-1');
  });
});

describe('the health checks', () => {
  it.each(['/health/live', '/health/ready'])('%s needs no signature', async (path) => {
    const response = await fetch(`${service.running.endpoint}${path}`, { signal: AbortSignal.timeout(5_000) });
    expect(response.status).toBe(200);
  });
});

describe('a body that is too large', () => {
  it('is refused and does not end the service', async () => {
    const { hostname, port } = new URL(service.running.endpoint);
    const sent = request({ hostname, port, method: 'POST', path: '/', headers: { 'content-length': 100_000_000 } });
    sent.on('error', () => undefined);
    sent.write('{');
    const [response] = (await once(sent, 'response', { signal: AbortSignal.timeout(10_000) })) as [
      { statusCode: number },
    ];
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    sent.destroy();
    expect((await service.wire('ListKeys', {})).status).toBe(200);
  });
});
