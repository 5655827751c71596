import { type Authoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import { openInMemory } from '@keywarden/in-memory';
import { SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { aKmsKey, numberedKeyId } from '@keywarden/keys/testing';
import { type MeteredOperation, QuotaValues, RequestQuotas } from '@keywarden/quotas';
import type { RequestContext } from './request-context';
import { keyServiceOn } from './testing/key-service-suite';

const symmetric = aKmsKey();
const rsa = aKmsKey({ id: numberedKeyId(2), spec: 'RSA_2048' });
const plaintext = () => SecretBytes.copyOf(Uint8Array.of(1, 2, 3));

/** A service whose callers have these buckets empty; every key it authorises is told to `looked`. */
async function suite(...empty: readonly string[]) {
  const spent: string[] = [];
  const decided: string[] = [];
  const authoriser: Authoriser = {
    ...sameAccountAuthoriser,
    mayUse: (use) => {
      decided.push(use.action);
      return sameAccountAuthoriser.mayUse(use);
    },
  };
  const service = keyServiceOn(openInMemory(), { authoriser });
  await service.given(symmetric, rsa);
  const limiter = {
    take: (bucket: string) => {
      const [account, , quota = ''] = bucket.split('/');
      spent.push(`${account} ${quota}`);
      return !empty.includes(quota);
    },
  };
  const counting = (context: RequestContext, operation: MeteredOperation): RequestContext => {
    const quotas = new RequestQuotas(limiter, new QuotaValues(), new Set([context.region]));
    const { account } = context.caller;
    return { ...context, admission: quotas.open({ account, region: context.region }, operation) };
  };
  return { ...service, spent, decided, counting };
}

const own = symmetric.account;

it('spends of the quota for keys of the spec, of the caller', async () => {
  const { encrypt, own: caller, spent, counting } = await suite();
  accepted(await encrypt.handle(counting(caller(), 'Encrypt'), { keyId: symmetric.id, plaintext: plaintext() }));
  const byRsa = { keyId: rsa.id, plaintext: plaintext(), encryptionAlgorithm: 'RSAES_OAEP_SHA_256' } as const;
  accepted(await encrypt.handle(counting(caller(), 'Encrypt'), byRsa));
  expect(spent).toEqual([`${own} crypto-symmetric`, `${own} crypto-rsa`]);
});

it('refuses who has spent it, once it is known that they may use the key', async () => {
  const { encrypt, own: caller, decided, counting } = await suite('crypto-symmetric');
  const answer = await encrypt.handle(counting(caller(), 'Encrypt'), { keyId: symmetric.id, plaintext: plaintext() });
  expect(refused(answer)).toEqual({ code: 'RequestQuotaSpent' });
  expect(decided).toEqual(['kms:Encrypt']);
});

it('does not tell strangers by a quota that a key is there', async () => {
  const { encrypt, stranger, spent, counting } = await suite('crypto-symmetric');
  const keyId = `arn:aws:kms:${symmetric.region}:${own}:key/${symmetric.id}`;
  const answer = await encrypt.handle(counting(stranger(), 'Encrypt'), { keyId, plaintext: plaintext() });
  expect(refused(answer)).toMatchObject({ code: 'AccessDenied' });
  expect(spent).toEqual([]);
});

it('counts what is found by its ciphertext, and says so when that is too much', async () => {
  const full = await suite();
  const blob = accepted(
    await full.encrypt.handle(full.own(), { keyId: symmetric.id, plaintext: plaintext() }),
  ).ciphertextBlob;
  accepted(await full.decrypt.handle(full.counting(full.own(), 'Decrypt'), { ciphertextBlob: blob }));
  expect(full.spent).toEqual([`${own} crypto-symmetric`]);

  const empty = await suite('crypto-symmetric');
  const answer = await empty.decrypt.handle(empty.counting(empty.own(), 'Decrypt'), { ciphertextBlob: blob });
  expect(refused(answer)).toEqual({ code: 'RequestQuotaSpent' });
});

it('counts ReEncrypt to both types of keys', async () => {
  const { encrypt, reEncrypt, own: caller, spent, counting } = await suite();
  const sealed = accepted(await encrypt.handle(caller(), { keyId: symmetric.id, plaintext: plaintext() }));
  const command = {
    ciphertextBlob: sealed.ciphertextBlob,
    destinationKeyId: rsa.id,
    destinationEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
  } as const;
  accepted(await reEncrypt.handle(counting(caller(), 'ReEncrypt'), command));
  expect(spent).toEqual([`${own} crypto-symmetric`, `${own} crypto-rsa`]);
});
