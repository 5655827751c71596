import { RequestNotes } from '@keywarden/audit';
import { rootCaller } from '@keywarden/identity';
import { SecretBytes, accept, instant, refuse } from '@keywarden/kernel';
import fc from 'fast-check';
import type { QueryHandlers, SignedContext, UnsignedContext } from './query-handlers';
import { accessKeyId, account, clock, querySuite, requestId, wireRequest } from './testing/query-suite';
import type { WireRequest } from './wire-request';

const unreachable = () => Promise.reject(new Error('the handler must not be reached'));
const neverCalled: QueryHandlers = { GetUser: unreachable, ListUsers: unreachable, AssumeRole: unreachable };

const iam = (rest: string) => `${rest}&Version=2010-05-08`;
const sts = (rest: string) => `${rest}&Version=2011-06-15`;
const without = (name: string) => (request: WireRequest) => ({
  ...request,
  headers: request.headers.filter(([given]) => given.toLowerCase() !== name),
});
const faultNamespace = 'http://webservices.amazon.com/AWSFault/2005-15-09';

describe('the order of refusals', () => {
  /** Each request has the faults of all rows below it as well: the first one decides. */
  const faulty = { forged: true };

  it.each([
    ['another method', { body: iam('Action=GetUser'), change: (given: WireRequest) => ({ ...given, method: 'GET' }) }],
    ['another path', { body: iam('Action=GetUser'), change: (given: WireRequest) => ({ ...given, target: '/iam' }) }],
    ['another content type', { body: iam('Action=GetUser'), contentType: 'text/plain' }],
    ['an unknown action', { body: iam('Action=SinkShip') }],
    ['a name of the prototype', { body: iam('Action=constructor') }],
    ['an action in another spelling', { body: iam('Action=getUser') }],
    ['an action of the other service', { body: sts('Action=GetUser') }],
    ['an unknown version', { body: 'Action=GetUser&Version=2010-05-09' }],
    ['a missing version', { body: 'Action=GetUser' }],
    ['an empty version', { body: 'Action=GetUser&Version=' }],
  ])('%s comes first, before anybody looks at the signature', async (_what, given) => {
    const { ask, lookups } = querySuite(neverCalled);
    const answer = await ask({ ...faulty, ...given });
    expect([answer.status, answer.code, lookups()]).toEqual([400, 'InvalidAction', 0]);
    expect(answer.text).toContain(`<ErrorResponse xmlns="${faultNamespace}">`);
  });

  it('a missing action and a body that is no form come first too', async () => {
    const { ask, lookups } = querySuite(neverCalled);
    expect(await ask({ ...faulty, body: 'Version=2010-05-08' })).toMatchObject({ status: 400, code: 'MissingAction' });
    expect(await ask({ ...faulty, body: '' })).toMatchObject({ status: 400, code: 'MissingAction' });
    expect(await ask({ ...faulty, body: iam('Action=GetUser&UserName=%zz') })).toMatchObject({
      status: 400,
      code: 'InvalidQueryParameter',
    });
    expect(await ask({ ...faulty, body: iam('Action=GetUser&Action=ListUsers') })).toMatchObject({
      code: 'InvalidQueryParameter',
    });
    expect(lookups()).toBe(0);
  });

  it('a wrong signature comes before the parameters are read', async () => {
    const { ask } = querySuite(neverCalled);
    const refused = { status: 403, code: 'SignatureDoesNotMatch' };
    expect(await ask({ ...faulty, body: iam('Action=ListUsers&MaxItems=many') })).toMatchObject(refused);
    const body = new TextEncoder().encode(iam('Action=ListUsers'));
    expect(await ask({ body: iam('Action=GetUser'), change: (given) => ({ ...given, body }) })).toMatchObject(refused);
  });

  it('parameters of another type come before constraints, constraints before the handler', async () => {
    const { ask } = querySuite(neverCalled);
    expect(await ask({ body: iam('Action=ListUsers&MaxItems=many&PathPrefix=x') })).toMatchObject({
      status: 400,
      code: 'MalformedInput',
    });
    expect(await ask({ body: iam('Action=ListUsers&MaxItems=0&PathPrefix=x') })).toMatchObject({
      status: 400,
      code: 'ValidationError',
      message: expect.stringMatching(/^2 validation errors detected: .*pathPrefix.*maxItems/),
    });
  });

  it('violated constraints come before the news that an action is not available', async () => {
    const { ask } = querySuite({});
    expect(await ask({ body: iam('Action=DeleteUser') })).toMatchObject({ code: 'ValidationError' });
    expect(await ask({ body: iam('Action=DeleteUser&UserName=alice') })).toMatchObject({
      status: 400,
      code: 'InvalidAction',
      message: 'DeleteUser is not available in this release.',
    });
  });

  it('the handler comes last and its refusal becomes an AWS error', async () => {
    const { ask } = querySuite({
      GetUser: async () => refuse({ code: 'NoSuchEntity', kind: 'user', name: 'alice' }),
    });
    const answer = await ask({ body: iam('Action=GetUser&UserName=alice') });
    expect(answer.status).toBe(404);
    expect(answer.text).toBe(
      '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>' +
        '<Code>NoSuchEntity</Code><Message>The user with name alice cannot be found.</Message></Error>' +
        `<RequestId>${requestId}</RequestId></ErrorResponse>`,
    );
  });
});

describe('a signature', () => {
  const getUser = iam('Action=GetUser');

  it.each([
    ['none', { signed: false }, 403, 'MissingAuthenticationToken', 'Request is missing Authentication Token'],
    [
      'one of somebody unknown',
      {
        change: (given: WireRequest): WireRequest => ({
          ...given,
          headers: given.headers.map(([name, value]) => [name, value.replace(accessKeyId, 'AKIAUNKNOWNKEY000000')]),
        }),
      },
      403,
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
    ],
    [
      'one without a date',
      { change: without('x-amz-date') },
      400,
      'IncompleteSignature',
      expect.stringContaining('requires existence of either'),
    ],
    [
      'one for another Region',
      { region: 'eu-west-9' },
      403,
      'SignatureDoesNotMatch',
      'Credential should be scoped to a valid region, not &apos;eu-west-9&apos;.',
    ],
    [
      'one for the other service',
      { service: 'sts' as const },
      403,
      'SignatureDoesNotMatch',
      'Credential should be scoped to correct service: &apos;iam&apos;.',
    ],
    [
      'one for KMS',
      { service: 'kms' as const },
      403,
      'SignatureDoesNotMatch',
      'Credential should be scoped to correct service: &apos;iam&apos;.',
    ],
  ])('%s is refused in the codes of IAM', async (_what, given, status, code, message) => {
    const { ask } = querySuite(neverCalled);
    expect(await ask({ body: getUser, ...given })).toMatchObject({ status, code, message });
  });

  it('for IAM does not open STS', async () => {
    const { ask } = querySuite(neverCalled);
    const answer = await ask({ body: sts('Action=GetSessionToken'), service: 'iam' });
    expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect(answer.text).toContain('xmlns="https://sts.amazonaws.com/doc/2011-06-15/"');
  });

  it.each(['us-east-1', 'eu-central-1'])(
    'is accepted for %s, where clients of the global endpoint are',
    async (region) => {
      const seen: string[] = [];
      const { ask } = querySuite({
        DeleteUser: async (context) => {
          seen.push(context.region);
          return accept(undefined);
        },
      });
      expect(await ask({ body: iam('Action=DeleteUser&UserName=a'), region })).toMatchObject({ status: 200 });
      expect(seen).toEqual([region]);
    },
  );
});

describe('an accepted request', () => {
  it('reaches its handler with caller, Region, time and origin', async () => {
    const contexts: SignedContext[] = [];
    const { ask } = querySuite({
      TagUser: async (context, command) => {
        contexts.push(context);
        expect(command).toEqual({ userName: 'alice', tags: [{ key: 'a', value: 'b c' }] });
        return accept(undefined);
      },
    });
    await ask({ body: iam('Action=TagUser&UserName=alice&Tags.member.1.Key=a&Tags.member.1.Value=b+c') });
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

  it('is answered in XML with its request id, and without a result where the action has none', async () => {
    const { ask, outcomes } = querySuite({ DeleteUser: async () => accept(undefined) });
    const answer = await ask({ body: iam('Action=DeleteUser&UserName=alice') });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId });
    expect(answer.text).toBe(
      '<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">' +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></DeleteUserResponse>`,
    );
    expect(outcomes).toEqual([
      {
        service: 'iam',
        operation: 'DeleteUser',
        requestId,
        errorType: undefined,
        durationMs: expect.any(Number) as number,
      },
    ]);
  });

  it('shows policy documents percent-encoded, and takes them as they are', async () => {
    const document = '{"Version": "2012-10-17", "é": "(\'*!~)"}';
    const { ask } = querySuite({
      GetRolePolicy: async () => accept({ roleName: 'r', policyName: 'p', policyDocument: document }),
      PutRolePolicy: async (_context, { policyDocument }) => {
        expect(policyDocument).toBe('{"a": "%20"}');
        return accept(undefined);
      },
    });
    const { text } = await ask({ body: iam('Action=GetRolePolicy&RoleName=r&PolicyName=p') });
    expect(text).toContain(
      '<GetRolePolicyResult><RoleName>r</RoleName><PolicyName>p</PolicyName><PolicyDocument>' +
        '%7B%22Version%22%3A%20%222012-10-17%22%2C%20%22%C3%A9%22%3A%20%22%28%27%2A%21~%29%22%7D</PolicyDocument>',
    );
    const body = iam('Action=PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=%7B%22a%22%3A+%22%2520%22%7D');
    expect(await ask({ body })).toMatchObject({ status: 200 });
  });

  it('has secrets in the one answer they are for', async () => {
    const { ask } = querySuite({
      CreateAccessKey: async (_context, { userName }) =>
        accept({
          accessKey: {
            userName,
            accessKeyId: 'AKIAI44QH8DHBEXAMPLE',
            status: 'Active',
            secretAccessKey: SecretBytes.copyOf(Buffer.from('je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY')),
            createDate: instant(Date.UTC(2026, 0, 2)),
          },
        }),
    });
    const { text } = await ask({ body: iam('Action=CreateAccessKey&UserName=alice') });
    expect(text).toContain(
      '<CreateAccessKeyResult><AccessKey><UserName>alice</UserName><AccessKeyId>AKIAI44QH8DHBEXAMPLE</AccessKeyId>' +
        '<Status>Active</Status><CreateDate>2026-01-02T00:00:00Z</CreateDate>' +
        '<SecretAccessKey>je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY</SecretAccessKey></AccessKey></CreateAccessKeyResult>',
    );
  });

  it('may be unsigned where the action proves its caller in another way; a signature is not looked at then', async () => {
    const contexts: UnsignedContext[] = [];
    const { ask, lookups } = querySuite({
      AssumeRoleWithWebIdentity: async (context) => {
        contexts.push(context);
        return refuse({ code: 'InvalidIdentityToken' });
      },
    });
    const role = 'RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fr&RoleSessionName=web';
    const body = sts(`Action=AssumeRoleWithWebIdentity&${role}&WebIdentityToken=eyJh.eyJz.c2ln`);
    expect(await ask({ body, signed: false })).toMatchObject({ status: 400, code: 'InvalidIdentityToken' });
    expect(await ask({ body, forged: true, service: 'sts' })).toMatchObject({ code: 'InvalidIdentityToken' });
    expect(contexts).toHaveLength(2);
    expect(contexts.every((context) => !('caller' in context) && context.region === 'eu-central-1')).toBe(true);
    expect(lookups()).toBe(0);
  });

  it('never shows a web identity token in a refusal', async () => {
    const { ask } = querySuite({ AssumeRoleWithWebIdentity: unreachable });
    const token = 'hunter2'.repeat(3_000);
    const { code, text } = await ask({
      body: sts(`Action=AssumeRoleWithWebIdentity&WebIdentityToken=${token}`),
      signed: false,
    });
    expect(code).toBe('ValidationError');
    expect(text).toContain('webIdentityToken');
    expect(text).not.toContain('hunter2');
  });
});

describe('a fault', () => {
  const secret = 'password=hunter2 at db.internal:5432';

  it.each([
    ['a handler that rejects', { GetUser: () => Promise.reject(new Error(secret)) }],
    ['an answer that is missing', { GetUser: async () => accept(undefined) }],
  ] as unknown as [string, QueryHandlers][])(
    'of %s is answered 500 and says nothing of itself',
    async (_what, handlers) => {
      const { ask, faults, outcomes } = querySuite(handlers);
      const answer = await ask({ body: iam('Action=GetUser') });
      expect(answer).toMatchObject({ status: 500, code: 'ServiceFailure' });
      expect(answer.text).toContain('<Type>Receiver</Type>');
      expect(answer.text).not.toMatch(/hunter2|db\.internal|\bat \//);
      expect(faults).toEqual([[requestId, 'GetUser', expect.anything()]]);
      expect(outcomes).toMatchObject([{ errorType: 'ServiceFailure' }]);
    },
  );

  it('of the look-up of credentials is no refusal: nobody is told that their key is wrong', async () => {
    const { ask, faults } = querySuite(neverCalled, () => {
      throw new Error(secret);
    });
    const answer = await ask({ body: sts('Action=GetSessionToken'), service: 'sts' });
    expect(answer).toMatchObject({ status: 500, code: 'InternalFailure' });
    expect(faults).toHaveLength(1);
  });
});

it('no body makes the pipeline reject, nor is it ever answered but in XML', async () => {
  const { pipeline, faults } = querySuite(neverCalled);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string().map((text) => Buffer.from(iam(`Action=GetUser&${text}`))),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (body) => {
      const { status, body: answer } = await pipeline.handle({ ...wireRequest({ body: '' }), body });
      expect([400, 403]).toContain(status);
      expect(new TextDecoder().decode(answer)).toMatch(/^<ErrorResponse xmlns="[^"<]+"><Error>.*<\/ErrorResponse>$/s);
    }),
    { numRuns: 300 },
  );
  expect(faults).toEqual([]);
});

describe('the record of a call', () => {
  const caller = rootCaller(account, accessKeyId);
  const handlers: QueryHandlers = {
    DeleteUser: async () => accept(undefined),
    GetUser: () => Promise.reject(new Error('broken')),
    AssumeRoleWithWebIdentity: async (context) => {
      context.notes.webIdentity = { provider: 'issuer.example', subject: 'alice', audience: 'keywarden' };
      return refuse({ code: 'InvalidIdentityToken' });
    },
  };
  const federated = sts(
    'Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::111122223333:role/r&RoleSessionName=one&WebIdentityToken=a.b.c',
  );

  it('tells who asked for what and how it ended', async () => {
    const { ask, trail } = querySuite(handlers);
    await ask({ body: iam('Action=DeleteUser&UserName=alice') });
    await ask({ body: iam('Action=GetUser') });
    await ask({ body: iam('Action=DeleteUser&UserName=alice'), forged: true });
    expect(trail.calls).toMatchObject([
      { service: 'iam', operation: 'DeleteUser', caller, authenticated: true, command: { userName: 'alice' } },
      { operation: 'GetUser', error: { type: 'ServiceFailure' } },
      { operation: 'DeleteUser', authenticated: false, command: undefined, error: { type: 'SignatureDoesNotMatch' } },
    ]);
  });

  it('is kept of callers with a genuine token and no signature, and of no others', async () => {
    const { ask, trail } = querySuite(handlers);
    await ask({ body: federated, signed: false });
    expect(trail.calls).toMatchObject([{ service: 'sts', caller: undefined, error: { type: 'InvalidIdentityToken' } }]);
    const unknown = querySuite({ AssumeRoleWithWebIdentity: async () => refuse({ code: 'InvalidIdentityToken' }) });
    await unknown.ask({ body: federated, signed: false });
    expect(unknown.trail.calls).toEqual([]);
  });

  it('decides whether anything happens, and whether an answer leaves', async () => {
    const closed = querySuite(neverCalled);
    closed.trail.condition = 'closed';
    expect(await closed.ask({ body: iam('Action=GetUser') })).toMatchObject({ status: 500, code: 'ServiceFailure' });
    expect(closed.faults).toEqual([]);
    const failing = querySuite(handlers);
    failing.trail.condition = 'failing';
    const answer = await failing.ask({ body: iam('Action=DeleteUser&UserName=alice') });
    expect(answer).toMatchObject({ status: 500, code: 'ServiceFailure' });
    expect(answer.text).toContain('could not be recorded in the audit trail');
  });
});
