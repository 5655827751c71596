import { GetUserCommand } from '@aws-sdk/client-iam';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { type Header, type RawRequest, formHeaders, send, signed } from './testing/raw-request';
import { refusal, twoAccounts } from './testing/two-accounts';

const world = twoAccounts();
const createKey = (): RawRequest => {
  const { service } = world;
  return signed(service, service.credentials, { operation: 'CreateKey', body: '{"Description":"forged"}' });
};

const without = (headers: readonly Header[], name: string): Header[] =>
  headers.filter(([given]) => given.toLowerCase() !== name);
const replaced = (headers: readonly Header[], name: string, change: (value: string) => string): Header[] =>
  headers.map(([given, value]) => [given, given.toLowerCase() === name ? change(value) : value]);

/** The parts of a signature as a presigned URL has them. */
function inQuery({ headers, body }: RawRequest): RawRequest {
  const valueOf = (name: string) => headers.find(([given]) => given.toLowerCase() === name)?.[1] ?? '';
  const [, credential = '', names = '', signature = ''] =
    /Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\S+)/.exec(valueOf('authorization')) ?? [];
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': credential,
    'X-Amz-Date': valueOf('x-amz-date'),
    'X-Amz-SignedHeaders': names,
    'X-Amz-Signature': signature,
  });
  return { target: `/?${query.toString()}`, headers: without(headers, 'authorization'), body };
}

/** Each makes of a good request one that must not count. */
const attacks: Readonly<Record<string, (request: RawRequest) => RawRequest>> = {
  'no signature': (request) => ({ ...request, headers: without(request.headers, 'authorization') }),
  'a signature in the query string': inQuery,
  'a signature in the header and in the query string': (request) => ({ ...request, target: inQuery(request).target }),
  'an empty signature': (request) => ({
    ...request,
    headers: replaced(request.headers, 'authorization', (value) => value.replace(/Signature=.*/, 'Signature=')),
  }),
  'another body under UNSIGNED-PAYLOAD': (request) => ({
    ...request,
    headers: [...request.headers, ['X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD']],
    body: '{"Description":"other"}',
  }),
  'another body under a streaming marker': (request) => ({
    ...request,
    headers: [...request.headers, ['X-Amz-Content-Sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD']],
    body: '{"Description":"other"}',
  }),
  'another body': (request) => ({ ...request, body: '{"Description":"other"}' }),
  'another operation': (request) => ({
    ...request,
    headers: replaced(request.headers, 'x-amz-target', () => 'TrentService.GenerateRandom'),
  }),
  'an operation that is not among the signed headers': (request) => ({
    ...request,
    headers: replaced(request.headers, 'authorization', (value) => value.replace(';x-amz-target', '')),
  }),
  'the operation twice': (request) => ({
    ...request,
    headers: [...request.headers, ['X-Amz-Target', 'TrentService.GenerateRandom']],
  }),
  'another operation before the signed one': (request) => ({
    ...request,
    headers: [['X-Amz-Target', 'TrentService.ListKeys'], ...request.headers],
  }),
  'two signatures': (request) => ({
    ...request,
    headers: [...request.headers, ...request.headers.filter(([name]) => name.toLowerCase() === 'authorization')],
  }),
  'two dates': (request) => ({
    ...request,
    headers: [...request.headers, ['X-Amz-Date', '20200101T000000Z']],
  }),
  'a header of AWS that was added on the way': (request) => ({
    ...request,
    headers: [...request.headers, ['X-Amz-Security-Token', 'x']],
  }),
};

const keys = async () => (await world.ours.kms.send(new ListKeysCommand({}))).Keys?.length;

it('the request they are made of is a good one', async () => {
  const before = (await keys()) ?? 0;
  expect((await send(world.service, createKey())).status).toBe(200);
  expect(await keys()).toBe(before + 1);
});

it.each(Object.entries(attacks))('a request with %s is refused and does nothing', async (_what, attack) => {
  const before = await keys();
  const { status, body } = await send(world.service, attack(createKey()));
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(body).not.toContain('KeyMetadata');
  expect(await keys()).toBe(before);
});

describe('the IAM API', () => {
  const form = (UserName: string) =>
    new URLSearchParams({ Action: 'CreateUser', Version: '2010-05-08', UserName }).toString();
  const createUser = (service: 'iam' | 'sts' | 'kms' = 'iam') =>
    signed(world.service, world.service.credentials, { body: form('forged'), service });

  it.each<[string, () => RawRequest]>([
    ['no signature', () => ({ target: '/', headers: [['Host', 'localhost'], ...formHeaders], body: form('forged') })],
    ['a signature in the query string', () => inQuery(createUser())],
    ['a signature for STS', () => createUser('sts')],
    ['another body', () => ({ ...createUser(), body: form('forged-too') })],
    [
      'parameters in the URL',
      () => ({ ...createUser(), target: `/?${form('forged')}`, body: 'Action=ListUsers&Version=2010-05-08' }),
    ],
    ['the name twice', () => ({ ...createUser(), body: `${form('forged')}&UserName=forged-too` })],
  ])('refuses a request with %s, and does nothing', async (_what, request) => {
    const { status } = await send(world.service, request());
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    for (const UserName of ['forged', 'forged-too']) {
      const missing = await refusal(world.ours.iam.send(new GetUserCommand({ UserName })));
      expect(missing.code).toBe('NoSuchEntityException');
    }
  });
});
