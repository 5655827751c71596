import { RecordingTrail } from '@keywarden/audit/testing';
import { type Caller, rootCaller } from '@keywarden/identity';
import { type AccountId, type Region, SecretBytes, accept, parseAccountId, refuse } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { aKmsKey } from '@keywarden/keys/testing';
import {
  AddressLimiter,
  type MeteredOperation,
  type RequestLimiter,
  QuotaValues,
  RequestQuotas,
  chargeRules,
} from '@keywarden/quotas';
import { SigV4Verifier, signRequest } from '@keywarden/sigv4';
import type { OperationHandlers } from './operations';
import { kmsService } from './json-service';
import { RequestPipeline } from './request-pipeline';
import { type OperationName, operationShapes } from './shapes/operation-shapes';

const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
const secretAccessKey = SecretBytes.copyOf(Buffer.from('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'));
const account = parseAccountId('111122223333') as AccountId;
const clock = new SettableClock();
const key = aKmsKey();
const keyId = JSON.stringify({ KeyId: key.id });
const throttled = {
  __type: 'ThrottlingException',
  message: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
};

/** Compiles only while every operation has a rule, and every rule an operation. */
const complete: Record<OperationName, unknown> & Record<MeteredOperation, unknown> = chargeRules;

function suite(handlers: OperationHandlers, empty: readonly string[] = [], later = false) {
  const spent: string[] = [];
  const trail = new RecordingTrail();
  const limiter: RequestLimiter = {
    take: (bucket) => {
      const quota = bucket.split('/').slice(1).join('/');
      spent.push(quota);
      const admitted = !empty.includes(quota);
      return later ? Promise.resolve(admitted) : admitted;
    },
  };
  const regions = new Set(['eu-central-1', 'eu-west-1'] as Region[]);
  const verifier = new SigV4Verifier<Caller>({
    regions,
    services: new Set(['kms']),
    credentials: { findSigningSecret: () => ({ secretAccessKey, principal: rootCaller(account, accessKeyId) }) },
  });
  const pipeline = new RequestPipeline({
    service: kmsService(handlers),
    verifier,
    clock,
    audit: trail,
    quotas: new RequestQuotas(limiter, new QuotaValues(), regions),
    addresses: new AddressLimiter(() => 0, { failures: { perSecond: 1, burst: 3 } }),
    observe: () => undefined,
    logFault: () => undefined,
  });
  const ask = async (operation: OperationName, body = keyId, sign = secretAccessKey, remoteAddress = '192.0.2.1') => {
    const headers = signRequest({
      method: 'POST',
      url: 'http://kms.example.com/',
      headers: [
        ['Content-Type', 'application/x-amz-json-1.1'],
        ['X-Amz-Target', `TrentService.${operation}`],
      ],
      body: Buffer.from(body),
      credentials: { accessKeyId, secretAccessKey: sign },
      region: 'eu-central-1',
      service: 'kms',
      now: clock.now(),
    });
    const answer = await pipeline.handle({
      ...{ requestId: '0b7b5f0c-0000-4000-8000-000000000000', method: 'POST', target: '/', headers },
      ...{ body: Buffer.from(body), remoteAddress, secure: true },
    });
    const text = Buffer.from(answer.body).toString();
    return { ...answer, body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) };
  };
  return { ask, spent, trail };
}

const notReached = () => Promise.reject(new Error('the handler must not be reached'));
const unreachable: OperationHandlers = {
  EnableKey: notReached,
  ReplicateKey: notReached,
  GenerateDataKeyPair: notReached,
};
const enabling: OperationHandlers = { EnableKey: () => Promise.resolve(accept(undefined)) };

it('knows the bucket of every operation', () => {
  expect(Object.keys(complete).sort()).toEqual(Object.keys(operationShapes).sort());
  expect(Object.keys(complete)).toHaveLength(56);
});

it.each([false, true])('throttles as AWS does, and records it (asked of others: %s)', async (later) => {
  const { ask, trail } = suite(unreachable, ['eu-central-1/EnableKey'], later);
  const answer = await ask('EnableKey');
  expect(answer).toMatchObject({ status: 400, body: throttled });
  expect(Object.keys(answer.headers).map((name) => name.toLowerCase())).not.toContain('retry-after');
  expect(trail.calls).toMatchObject([{ operation: 'EnableKey', error: { type: 'ThrottlingException' } }]);
});

it.each([false, true])('counts what is admitted once (asked of others: %s)', async (later) => {
  const { ask, spent } = suite(enabling, [], later);
  expect(await ask('EnableKey')).toMatchObject({ status: 200 });
  expect(spent).toEqual(['eu-central-1/EnableKey']);
});

it('counts nothing for whom nobody vouches', async () => {
  const { ask, spent } = suite(unreachable);
  const forged = SecretBytes.copyOf(Buffer.from('someone-elses-secret-access-key'));
  expect(await ask('EnableKey', keyId, forged)).toMatchObject({ body: { __type: 'InvalidSignatureException' } });
  expect(spent).toEqual([]);
});

it('turns an address away that fails too often, before any signature is looked at, and records nothing of it', async () => {
  const { ask, trail } = suite(enabling);
  const forged = SecretBytes.copyOf(Buffer.from('someone-elses-secret-access-key'));
  const types = [];
  for (let tries = 0; tries < 5; tries += 1) types.push((await ask('EnableKey', keyId, forged)).body?.['__type']);
  expect(types).toEqual([...Array(3).fill('InvalidSignatureException'), ...Array(2).fill('ThrottlingException')]);
  expect(trail.calls).toHaveLength(3);
  // From elsewhere the same access key signs well, and then is known there.
  for (let tries = 0; tries < 5; tries += 1) {
    expect(await ask('EnableKey', keyId, secretAccessKey, '192.0.2.2')).toMatchObject({ status: 200 });
  }
  expect(await ask('EnableKey', keyId, secretAccessKey)).toMatchObject({ body: throttled });
});

it('throttles before it reads the parameters, and counts requests whose parameters cannot be read', async () => {
  const broken = '{"KeyId": 7';
  const counted = suite(unreachable);
  expect(await counted.ask('EnableKey', broken)).toMatchObject({ body: { __type: 'SerializationException' } });
  expect(counted.spent).toEqual(['eu-central-1/EnableKey']);
  const { ask } = suite(unreachable, ['eu-central-1/EnableKey']);
  expect(await ask('EnableKey', broken)).toMatchObject({ body: throttled });
});

it('counts cryptographic requests that fail before a key is found to the symmetric bucket', async () => {
  const refusing: OperationHandlers = {
    Verify: () => Promise.resolve(refuse({ code: 'KeyReferenceMalformed', given: 'x' })),
  };
  const body = JSON.stringify({ KeyId: 'x', Message: 'AA==', Signature: 'AA==', SigningAlgorithm: 'ECDSA_SHA_256' });
  const counted = suite(refusing);
  expect(await counted.ask('Verify', body)).toMatchObject({ body: { __type: 'NotFoundException' } });
  expect(await counted.ask('Verify', '{}')).toMatchObject({ body: { __type: 'ValidationException' } });
  expect(counted.spent).toEqual(Array(2).fill('eu-central-1/crypto-symmetric'));
  const { ask } = suite(refusing, ['eu-central-1/crypto-symmetric']);
  expect(await ask('Verify', body)).toMatchObject({ body: throttled });
  expect(await ask('Verify', '{}')).toMatchObject({ body: throttled });
});

it('lets handlers spend for the key, and answers that it is throttled whatever else they say', async () => {
  const opening: OperationHandlers = {
    GenerateMac: async (context) => {
      await context.admission?.ofKey(aKmsKey({ spec: 'RSA_2048' }));
      return refuse({ code: 'CiphertextKeyInaccessible' });
    },
  };
  const body = JSON.stringify({ KeyId: 'x', Message: 'AA==', MacAlgorithm: 'HMAC_SHA_256' });
  const { ask, spent } = suite(opening, ['eu-central-1/crypto-rsa']);
  expect(await ask('GenerateMac', body)).toMatchObject({ body: throttled });
  expect(spent).toEqual(['eu-central-1/crypto-rsa']);
});

it('spends in the Region of the replica too, before anything is done', async () => {
  const body = JSON.stringify({ KeyId: `mrk-${'1234abcd'.repeat(4)}`, ReplicaRegion: 'eu-west-1' });
  const { ask, spent } = suite(unreachable, ['eu-west-1/CreateKey']);
  expect(await ask('ReplicateKey', body)).toMatchObject({ body: throttled });
  expect(spent).toEqual(['eu-central-1/ReplicateKey', 'eu-west-1/CreateKey']);
});

it('asks for a data key pair of the bucket of its spec', async () => {
  const body = JSON.stringify({ KeyId: key.id, KeyPairSpec: 'RSA_4096' });
  const { ask, spent } = suite(unreachable, ['eu-central-1/data-key-pair-RSA_4096']);
  expect(await ask('GenerateDataKeyPair', body)).toMatchObject({ body: throttled });
  expect(spent).toEqual(['eu-central-1/data-key-pair-RSA_4096']);
});
