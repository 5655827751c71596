import { RequestNotes } from '@keywarden/audit';
import { DenialFloor } from '@keywarden/aws-json';
import { RecordingTrail } from '@keywarden/audit/testing';
import { type Caller, rootCaller } from '@keywarden/identity';
import { type AccountId, SecretBytes, accept, parseAccountId, refuse } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import type { RequestContext } from '@keywarden/key-service';
import { type HeaderPair, SigV4Verifier, signRequest } from '@keywarden/sigv4';
import type { OperationHandlers } from './operations';
import { type Observer, RequestPipeline } from './request-pipeline';
import { kmsService } from './json-service';
import type { WireRequest } from './wire-request';

const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
const secretAccessKey = SecretBytes.copyOf(Buffer.from('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'));
const otherSecret = SecretBytes.copyOf(Buffer.from('someone-elses-secret-access-key'));
const account = parseAccountId('111122223333') as AccountId;
const clock = new SettableClock();
const requestId = '0b7b5f0c-0000-4000-8000-000000000000';

interface Ask {
  readonly target?: string | undefined;
  readonly body?: string;
  readonly secret?: SecretBytes;
  readonly contentType?: string;
  readonly change?: (request: WireRequest) => WireRequest;
}

function wireRequest({
  target = 'TrentService.DescribeKey',
  body = '{}',
  secret,
  contentType,
  change,
}: Ask): WireRequest {
  const bytes = Buffer.from(body);
  const headers = signRequest({
    method: 'POST',
    url: 'http://kms.example.com:8080/',
    headers: [
      ['Content-Type', contentType ?? 'application/x-amz-json-1.1'],
      ['X-Amz-Target', target],
      ['User-Agent', 'test'],
    ],
    body: bytes,
    credentials: { accessKeyId, secretAccessKey: secret ?? secretAccessKey },
    region: 'eu-central-1',
    service: 'kms',
    now: clock.now(),
  });
  const request = {
    requestId,
    method: 'POST',
    target: '/',
    headers,
    body: bytes,
    remoteAddress: '192.0.2.1',
    secure: true,
  };
  return change === undefined ? request : change(request);
}

function suite(handlers: OperationHandlers, findSigningSecret?: () => never, denials?: DenialFloor) {
  const seen: string[] = [];
  const trail = new RecordingTrail();
  const faults: [string, string | undefined, unknown][] = [];
  const outcomes: Parameters<Observer>[0][] = [];
  const principal: Caller = rootCaller(account, accessKeyId);
  const verifier = new SigV4Verifier<Caller>({
    regions: new Set(['eu-central-1']),
    services: new Set(['kms']),
    credentials: {
      findSigningSecret: (id) => {
        seen.push('signature');
        if (findSigningSecret !== undefined) return findSigningSecret();
        return id === accessKeyId ? { secretAccessKey, principal } : undefined;
      },
    },
  });
  const pipeline = new RequestPipeline({
    service: kmsService(handlers),
    verifier,
    clock,
    audit: trail,
    ...(denials !== undefined && { denials }),
    observe: (outcome) => outcomes.push(outcome),
    logFault: (...fault) => faults.push(fault),
  });
  const ask = async (given: Ask = {}) => {
    const answer = await pipeline.handle(wireRequest(given));
    const text = Buffer.from(answer.body).toString();
    return {
      ...answer,
      text,
      body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> | undefined,
    };
  };
  return { ask, seen, trail, faults, outcomes };
}

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const valid = JSON.stringify({ KeyId: keyId });
const neverCalled: OperationHandlers = {
  DescribeKey: () => Promise.reject(new Error('the handler must not be reached')),
};
const header =
  (name: string, value: string | undefined) =>
  (request: WireRequest): WireRequest => ({
    ...request,
    headers: request.headers.flatMap(([given, old]): HeaderPair[] => {
      if (given.toLowerCase() !== name) return [[given, old]];
      return value === undefined ? [] : [[given, value]];
    }),
  });

describe('the order of refusals', () => {
  /** Each request has the faults of all rows below it as well: the first one decides. */
  const faulty = { secret: otherSecret, body: '{"KeyId": 7' };

  it.each([
    ['an unknown operation', { target: 'TrentService.Nothing' }],
    ['the target of another service', { target: 'AmazonSQS.DescribeKey' }],
    ['a name of the prototype', { target: 'TrentService.constructor' }],
    ['no target', { change: header('x-amz-target', undefined) }],
    ['another content type', { contentType: 'text/plain' }],
    ['another path', { change: (request: WireRequest) => ({ ...request, target: '/keys' }) }],
    ['another method', { change: (request: WireRequest) => ({ ...request, method: 'GET' }) }],
  ])('%s comes first, before anybody looks at the signature', async (_what, given) => {
    const { ask, seen } = suite(neverCalled);
    expect(await ask({ ...faulty, ...given })).toMatchObject({
      status: 400,
      body: { __type: 'UnknownOperationException' },
    });
    expect(seen).toEqual([]);
  });

  it('a wrong signature comes before the body is read', async () => {
    const { ask } = suite(neverCalled);
    const refused = { status: 400, body: { __type: 'InvalidSignatureException' } };
    expect(await ask(faulty)).toMatchObject(refused);
    const replaced = (request: WireRequest) => ({ ...request, body: Buffer.from('not what was signed') });
    expect(await ask({ body: valid, change: replaced })).toMatchObject(refused);
  });

  it('no signature comes before the body is read', async () => {
    const { ask, seen } = suite(neverCalled);
    expect((await ask({ ...faulty, change: header('authorization', undefined) })).body).toEqual({
      __type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
    expect(seen).toEqual([]);
  });

  it('a body that is no JSON comes before its constraints', async () => {
    const { ask } = suite(neverCalled);
    expect((await ask({ body: '{"KeyId": 7' })).body).toMatchObject({ __type: 'SerializationException' });
  });

  it('violated constraints come before the handler, all in one message', async () => {
    const { ask } = suite({ EnableKeyRotation: () => Promise.reject(new Error('the handler must not be reached')) });
    const answer = await ask({ target: 'TrentService.EnableKeyRotation', body: '{"RotationPeriodInDays":1}' });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      __type: 'ValidationException',
      message: expect.stringMatching(/^2 validation errors detected: .*keyId.*Member must not be null/),
    });
    expect(answer.text).toContain('greater than or equal to 90');
  });

  it('violated constraints come before the news that an operation is not available', async () => {
    const { ask } = suite({});
    expect((await ask({ body: '{}' })).body).toMatchObject({ __type: 'ValidationException' });
    const answer = await ask({ body: valid });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ __type: 'UnsupportedOperationException' });
  });

  it('the handler comes last and its refusal becomes an AWS error', async () => {
    const { ask, seen } = suite({ DescribeKey: async () => refuse({ code: 'KeyReferenceMalformed', given: 'x' }) });
    const answer = await ask({ body: valid });
    expect(answer).toMatchObject({ status: 400, body: { __type: 'NotFoundException', message: "Invalid keyId 'x'" } });
    expect(seen).toEqual(['signature']);
  });
});

describe('an accepted request', () => {
  it('reaches its handler with caller, Region, time and origin', async () => {
    const contexts: RequestContext[] = [];
    const { ask } = suite({
      DisableKey: async (context, command) => {
        contexts.push(context);
        expect(command).toEqual({ keyId });
        return accept(undefined);
      },
    });
    await ask({ target: 'TrentService.DisableKey', body: valid });
    expect(contexts).toEqual([
      {
        caller: rootCaller(account, accessKeyId),
        region: 'eu-central-1',
        now: clock.now(),
        requestId,
        sourceIp: '192.0.2.1',
        secureTransport: true,
        userAgent: 'test',
        notes: new RequestNotes(),
      },
    ]);
  });

  it('is answered 200 with the request id and an empty body where the operation answers nothing', async () => {
    const { ask, outcomes } = suite({ DisableKey: async () => accept(undefined) });
    const answer = await ask({ target: 'TrentService.DisableKey', body: valid });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value])).toContainEqual([
      'x-amzn-requestid',
      requestId,
    ]);
    expect(outcomes).toEqual([
      { operation: 'DisableKey', requestId, errorType: undefined, durationMs: expect.any(Number) as number },
    ]);
  });

  it('is answered in the names of the wire', async () => {
    const { ask } = suite({ ListKeys: async () => accept({ keys: [{ keyId }], truncated: false }) });
    const answer = await ask({ target: 'TrentService.ListKeys' });
    expect(answer.body).toEqual({ Keys: [{ KeyId: keyId }], Truncated: false });
  });

  it('leaves no secret of its command or answer behind, whether it was carried out or broke', async () => {
    const secrets: SecretBytes[] = [];
    const body = JSON.stringify({ KeyId: keyId, Plaintext: 'c2VjcmV0' });
    const { ask } = suite({
      GenerateRandom: async () => {
        const plaintext = SecretBytes.copyOf(new Uint8Array([1, 2, 3]));
        secrets.push(plaintext);
        return accept({ plaintext });
      },
      Encrypt: async (_context, { plaintext }) => {
        secrets.push(plaintext);
        throw new Error('broken');
      },
    });
    expect((await ask({ target: 'TrentService.GenerateRandom' })).body).toEqual({ Plaintext: 'AQID' });
    expect((await ask({ target: 'TrentService.Encrypt', body })).status).toBe(500);
    expect(secrets).toHaveLength(2);
    for (const secret of secrets) expect(() => secret.length).toThrow('disposed');
  });

  it('may name the content type with parameters and the path with a query that was signed', async () => {
    const { ask } = suite({ DisableKey: async () => accept(undefined) });
    const contentType = 'application/x-amz-json-1.1; charset=utf-8';
    expect((await ask({ target: 'TrentService.DisableKey', body: valid, contentType })).status).toBe(200);
  });
});

describe('a fault', () => {
  const secret = 'password=hunter2 at db.internal:5432';

  it.each([
    ['a handler that rejects', { DescribeKey: () => Promise.reject(new Error(secret)) }],
    [
      'a handler that throws',
      {
        DescribeKey: () => {
          throw new Error(secret);
        },
      },
    ],
    ['an answer that is missing', { DescribeKey: async () => accept(undefined) }],
  ] as unknown as [string, OperationHandlers][])(
    'of %s is answered 500 and says nothing of itself',
    async (_what, handlers) => {
      const { ask, faults, outcomes } = suite(handlers);
      const answer = await ask({ body: valid });
      expect(answer.status).toBe(500);
      expect(answer.body).toEqual({
        __type: 'KMSInternalException',
        message: 'The request failed because of an internal error.',
      });
      expect(JSON.stringify(answer.headers).toLowerCase()).toContain(requestId);
      expect(answer.text + JSON.stringify(answer.headers)).not.toMatch(/hunter2|db\.internal|\bat \//);
      expect(faults).toEqual([[requestId, 'DescribeKey', expect.anything()]]);
      expect(outcomes).toMatchObject([{ errorType: 'KMSInternalException' }]);
    },
  );

  it('of the look-up of credentials is no refusal: nobody is told that their key is wrong', async () => {
    const { ask, faults } = suite(neverCalled, () => {
      throw new Error(secret);
    });
    expect(await ask({ body: valid })).toMatchObject({ status: 500, body: { __type: 'KMSInternalException' } });
    expect(faults).toHaveLength(1);
  });
});

it('tells the observer of what was refused before an operation was known', async () => {
  const { ask, outcomes, faults } = suite(neverCalled);
  await ask({ target: 'TrentService.Nothing' });
  expect(outcomes).toEqual([
    {
      operation: undefined,
      requestId,
      errorType: 'UnknownOperationException',
      durationMs: expect.any(Number) as number,
    },
  ]);
  expect(faults).toEqual([]);
});

describe('the record of a call', () => {
  const handlers: OperationHandlers = {
    DescribeKey: () => Promise.reject(new Error('broken')),
    DisableKey: async () => accept(undefined),
    EnableKey: async () => refuse({ code: 'KeyReferenceMalformed', given: 'x' }),
    ListKeys: async () => accept({ keys: [{ keyId }], truncated: false }),
  };
  const caller = rootCaller(account, accessKeyId);

  it('tells who asked for what, from where, and what was answered', async () => {
    const { ask, trail } = suite(handlers);
    const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' };
    await ask({ target: 'TrentService.ListKeys', body: '{"Limit":5}', change: (request) => ({ ...request, tls }) });
    expect(trail.calls).toEqual([
      {
        service: 'kms',
        operation: 'ListKeys',
        requestId,
        region: 'eu-central-1',
        caller,
        authenticated: true,
        origin: { sourceIp: '192.0.2.1', userAgent: 'test', host: 'kms.example.com:8080', tls },
        command: { limit: 5 },
        answer: { keys: [{ keyId }], truncated: false },
        error: undefined,
        notes: new RequestNotes(),
      },
    ]);
  });

  it.each([
    ['refused', { target: 'TrentService.EnableKey', body: valid }, 'NotFoundException'],
    ['broken', { body: valid }, 'KMSInternalException'],
    ['with parameters that are not valid', { body: '{}' }, 'ValidationException'],
    ['that nobody can read', { body: '{"KeyId": 7' }, 'SerializationException'],
    [
      'not available',
      { target: 'TrentService.CreateAlias', body: '{"AliasName":"alias/a","TargetKeyId":"b"}' },
      'UnsupportedOperationException',
    ],
  ])('is kept of a call %s', async (_what, given, type) => {
    const { ask, trail } = suite(handlers);
    await ask(given);
    expect(trail.calls).toMatchObject([{ caller, authenticated: true, error: { type }, answer: undefined }]);
  });

  it('says that a signature which does not hold proves nothing', async () => {
    const { ask, trail } = suite(handlers);
    await ask({ secret: otherSecret, body: valid });
    const error = { type: 'InvalidSignatureException' };
    expect(trail.calls).toMatchObject([{ caller, authenticated: false, command: undefined, error }]);
  });

  it('is not kept of what anybody can send', async () => {
    const { ask, trail } = suite(handlers);
    await ask({ target: 'TrentService.Nothing' });
    await ask({ body: valid, change: header('authorization', undefined) });
    await ask({
      body: valid,
      change: header(
        'authorization',
        'AWS4-HMAC-SHA256 Credential=AKIANOBODYNOBODYNOBO/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host;x-amz-date, Signature=' +
          '0'.repeat(64),
      ),
    });
    expect(trail.calls).toEqual([]);
  });

  it('decides whether anything happens at all', async () => {
    const { ask, trail, faults } = suite(neverCalled);
    trail.condition = 'closed';
    const answer = await ask({ body: valid });
    expect(answer).toMatchObject({ status: 500, body: { __type: 'KMSInternalException' } });
    expect(answer.text).toContain('could not be recorded in the audit trail');
    expect(faults).toEqual([]);
  });

  it('comes before the answer: without it there is none', async () => {
    const { ask, trail, outcomes } = suite(handlers);
    trail.condition = 'failing';
    const answer = await ask({ target: 'TrentService.ListKeys' });
    expect(answer).toMatchObject({ status: 500, body: { __type: 'KMSInternalException' } });
    expect(answer.text).not.toContain(keyId);
    expect(outcomes).toMatchObject([{ operation: 'ListKeys', errorType: 'KMSInternalException' }]);
  });
});

describe('the time of an answer', () => {
  it('is put off for a denial alone, and not for what the caller is told freely', async () => {
    const waits: number[] = [];
    const floor = new DenialFloor(20, async (instant) => void waits.push(instant));
    const denial = {
      code: 'AccessDenied',
      callerArn: 'arn:aws:iam::111122223333:user/adele',
      action: 'kms:DescribeKey',
      resource: '*',
      reason: 'NoResourcePolicyAllows',
    } as const;
    const asked = performance.now();
    const denied = suite({ DescribeKey: async () => refuse(denial) }, undefined, floor);
    expect(await denied.ask({ body: valid })).toMatchObject({ body: { __type: 'AccessDeniedException' } });
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThanOrEqual(asked + 20);

    const refusedFreely = suite({ DescribeKey: async () => refuse({ code: 'GrantTokenNotValid' }) }, undefined, floor);
    expect(await refusedFreely.ask({ body: valid })).toMatchObject({ body: { __type: 'InvalidGrantTokenException' } });
    expect(waits).toHaveLength(1);
  });
});
