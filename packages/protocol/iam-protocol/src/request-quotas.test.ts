import { type Region, accept } from '@keywarden/kernel';
import { AddressLimiter, QuotaValues, RequestQuotas } from '@keywarden/quotas';
import type { QueryHandlers } from './query-handlers';
import { querySuite } from './testing/query-suite';
import type { WireRequest } from './wire-request';

const iam = (action: string) => `Action=${action}&Version=2010-05-08`;
const sts = (action: string) => `Action=${action}&Version=2011-06-15`;

function suite(handlers: QueryHandlers, admitted: boolean) {
  const spent: string[] = [];
  const limiter = {
    take: (bucket: string) => {
      spent.push(bucket);
      return admitted;
    },
  };
  const quotas = new RequestQuotas(limiter, new QuotaValues(), new Set(['eu-central-1'] as Region[]));
  return { ...querySuite(handlers, undefined, { quotas }), spent };
}

const claiming =
  (accessKeyId: string) =>
  (request: WireRequest): WireRequest => ({
    ...request,
    headers: request.headers.map(([name, value]) => [name, value.replace(/AKIA\w{16}/, accessKeyId)]),
  });

const unreachable = () => Promise.reject(new Error('the handler must not be reached'));
const identity = { account: '111122223333', arn: 'arn:aws:iam::111122223333:root', userId: '111122223333' };

it('counts calls of STS, and reading and writing calls of IAM, each to its own bucket', async () => {
  const { ask, spent } = suite({ GetCallerIdentity: async () => accept(identity) }, true);
  expect(await ask({ body: sts('GetCallerIdentity'), service: 'sts' })).toMatchObject({ status: 200 });
  await ask({ body: iam('ListUsers') });
  await ask({ body: iam('CreateUser') });
  await ask({ body: iam('GetUser'), forged: true });
  const mine = '111122223333/eu-central-1';
  expect(spent).toEqual([`${mine}/sts`, `${mine}/iam-read`, `${mine}/iam-write`]);
});

it('throttles in the words of IAM and STS, before the parameters are read, and records it', async () => {
  const { ask, trail } = suite({ CreateUser: unreachable }, false);
  const answer = await ask({ body: iam('CreateUser') });
  expect(answer).toMatchObject({ status: 400, code: 'Throttling', message: 'Rate exceeded' });
  expect(answer.text).toContain('<Type>Sender</Type>');
  expect(trail.calls).toMatchObject([{ operation: 'CreateUser', error: { type: 'Throttling' } }]);
});

it('turns an address away that fails too often, before any signature is looked at', async () => {
  const addresses = new AddressLimiter(() => 0, { failures: { perSecond: 1, burst: 3 } });
  const { ask, lookups, trail } = querySuite({ GetCallerIdentity: async () => accept(identity) }, undefined, {
    addresses,
  });
  const known = () => ask({ body: sts('GetCallerIdentity'), service: 'sts' });
  await known();
  const other = { ...{ body: iam('ListUsers'), forged: true }, change: claiming('AKIASTRANGER00000000') };
  const codes = [];
  for (let tries = 0; tries < 4; tries += 1) codes.push((await ask(other)).code);
  expect(codes).toEqual([...Array(3).fill('InvalidClientTokenId'), 'Throttling']);
  expect([lookups(), trail.calls.length]).toEqual([4, 1]);
  // Who signed well from there goes on; what nobody signs does not.
  expect(await known()).toMatchObject({ status: 200 });
  const body = 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15';
  expect(await ask({ body, signed: false })).toMatchObject({ code: 'Throttling' });
});

it('counts what nobody signs to its address, whatever comes of it', async () => {
  const addresses = new AddressLimiter(() => 0, { failures: { perSecond: 1, burst: 2 } });
  const { ask } = querySuite({}, undefined, { addresses });
  const codes = [];
  const body = 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15';
  for (let tries = 0; tries < 3; tries += 1) codes.push((await ask({ body, signed: false })).code);
  expect(codes).toEqual(['ValidationError', 'ValidationError', 'Throttling']);
});

it('counts nothing where nobody signs', async () => {
  const { ask, spent } = suite({}, false);
  const body = 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15';
  expect(await ask({ body, signed: false })).toMatchObject({ code: 'ValidationError' });
  expect(spent).toEqual([]);
});
