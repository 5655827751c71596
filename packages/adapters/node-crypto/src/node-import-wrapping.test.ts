import {
  constants,
  createCipheriv,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import type { MaterialOwner, OpenedImport, WrappingAlgorithm, WrappingKeySpec } from '@keywarden/crypto';
import { type AccountId, type KeyId, type Region, SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { aKmsKey } from '@keywarden/keys/testing';
import { DataKeyPairPool } from './data-key-pair-pool';
import { NodeImportWrapping } from './node-import-wrapping';
import { CryptoStack } from './testing/a-crypto-stack';

const key = aKmsKey();
const owner: MaterialOwner = { account: key.account, region: key.region, keyId: key.id, spec: 'SYMMETRIC_DEFAULT' };
const validTo = Date.UTC(2026, 0, 2);
const refusal = { code: 'CiphertextRefused' };

describe('import wrapping', () => {
  const stack = new CryptoStack();
  const pairs = new DataKeyPairPool(stack.slow, { ready: {} });
  const wrapping = new NodeImportWrapping(stack.domainKeys, pairs, stack.slow);
  afterAll(async () => {
    await pairs.close();
    await stack.slow.close();
  });
  const issued = async (
    algorithm: WrappingAlgorithm,
    spec: WrappingKeySpec = 'RSA_2048',
  ): Promise<{ publicKey: Uint8Array; importToken: Uint8Array; opened: OpenedImport }> => {
    const answer = await wrapping.issue(owner, spec, { algorithm, validTo });
    return { ...answer, opened: (await wrapping.open(owner, answer.importToken))! };
  };

  it.each([
    ['RSA_2048', 'RSAES_OAEP_SHA_1'],
    ['RSA_2048', 'RSAES_OAEP_SHA_256'],
    ['RSA_3072', 'RSAES_OAEP_SHA_256'],
    ['RSA_4096', 'RSAES_OAEP_SHA_1'],
  ] as const)('unwraps what a customer wrapped with %s and %s', async (spec, algorithm) => {
    const { publicKey, opened } = await issued(algorithm, spec);
    expect(opened).toMatchObject({ algorithm, validTo });
    const material = randomBytes(32);
    const unwrapped = accepted(await opened.unwrap(oaep(publicKey, algorithm, material)));
    expect(unwrapped.expose((bytes) => Buffer.from(bytes).equals(material))).toBe(true);
  });

  it.each(['RSA_AES_KEY_WRAP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256'] as const)(
    'unwraps a private key that was wrapped with %s',
    async (algorithm) => {
      const { publicKey, opened } = await issued(algorithm);
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
      const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
      const unwrapped = accepted(await opened.unwrap(rsaAes(publicKey, algorithm, pkcs8)));
      expect(unwrapped.expose((bytes) => Buffer.from(bytes).equals(pkcs8))).toBe(true);
      const adopting = { ...owner, spec: 'RSA_2048' } as const;
      expect(accepted(await stack.factory.adopt(adopting, unwrapped)).publicKey).toEqual(
        Uint8Array.from(createPublicKey(privateKey).export({ format: 'der', type: 'spki' })),
      );
    },
  );

  it('refuses other hashes, other keys, PKCS #1 v1.5 and damage, all alike', async () => {
    const { publicKey, opened } = await issued('RSAES_OAEP_SHA_256');
    const material = randomBytes(32);
    const good = oaep(publicKey, 'RSAES_OAEP_SHA_256', material);
    const other = await issued('RSAES_OAEP_SHA_256');
    const asKey = { key: Buffer.from(publicKey), format: 'der', type: 'spki' } as const;
    const wrong = [
      oaep(publicKey, 'RSAES_OAEP_SHA_1', material),
      oaep(other.publicKey, 'RSAES_OAEP_SHA_256', material),
      publicEncrypt({ ...asKey, padding: constants.RSA_PKCS1_PADDING }, material),
      flipped(good, 100),
    ];
    for (const given of wrong) expect(refused(await opened.unwrap(given))).toEqual(refusal);
  });

  it('says of what cannot be material under the key that its length is wrong', async () => {
    const { publicKey, opened } = await issued('RSAES_OAEP_SHA_256');
    const good = oaep(publicKey, 'RSAES_OAEP_SHA_256', randomBytes(32));
    for (const given of [good.subarray(1), Buffer.concat([good, Buffer.of(0)]), Buffer.alloc(0)]) {
      expect(refused(await opened.unwrap(given))).toEqual({ code: 'EncryptedMaterialSizeWrong' });
    }
    const twoSteps = await issued('RSA_AES_KEY_WRAP_SHA_256');
    const wrapped = rsaAes(twoSteps.publicKey, 'RSA_AES_KEY_WRAP_SHA_256', randomBytes(121));
    for (const given of [wrapped.subarray(0, 256), Buffer.alloc(0)]) {
      expect(refused(await twoSteps.opened.unwrap(given))).toEqual({ code: 'EncryptedMaterialSizeWrong' });
    }
  });

  it('refuses a key wrap that is damaged anywhere, cut, missing, or under a short ephemeral key', async () => {
    const algorithm = 'RSA_AES_KEY_WRAP_SHA_256';
    const { publicKey, opened } = await issued(algorithm);
    const good = rsaAes(publicKey, algorithm, randomBytes(121));
    const wrong = [flipped(good, 5), flipped(good, 256), flipped(good, good.length - 1)];
    wrong.push(good.subarray(0, -8), good.subarray(0, -1));
    wrong.push(rsaAes(publicKey, algorithm, randomBytes(121), 16));
    for (const given of wrong) expect(refused(await opened.unwrap(given))).toEqual(refusal);
  });

  it.each<[string, Partial<MaterialOwner>]>([
    ['key', { keyId: '00000000-0000-4000-8000-000000000000' as KeyId }],
    ['account', { account: '444455556666' as AccountId }],
    ['Region', { region: 'us-east-1' as Region }],
    ['spec', { spec: 'HMAC_256' }],
  ])('does not open a token for another %s', async (_what, change) => {
    const { importToken } = await issued('RSAES_OAEP_SHA_256');
    expect(await wrapping.open({ ...owner, ...change }, importToken)).toBeUndefined();
  });

  it('does not open a token that is damaged, cut or made up', async () => {
    const { importToken } = await issued('RSAES_OAEP_SHA_256');
    for (const at of [0, 1, 4, 5, 20, importToken.length - 1]) {
      expect(await wrapping.open(owner, flipped(importToken, at))).toBeUndefined();
    }
    expect(await wrapping.open(owner, importToken.subarray(0, -1))).toBeUndefined();
    expect(await wrapping.open(owner, randomBytes(1_300))).toBeUndefined();
    expect(await wrapping.open(owner, new Uint8Array())).toBeUndefined();
  });

  it('keeps the private wrapping key out of the token', async () => {
    const { importToken, publicKey } = await issued('RSAES_OAEP_SHA_256');
    expect(Buffer.from(importToken).includes(Buffer.from(publicKey).subarray(40, 60))).toBe(false);
  });
});

describe('imported material', () => {
  const stack = new CryptoStack();
  const adopt = (spec: MaterialOwner['spec'], bytes: Uint8Array): ReturnType<typeof stack.factory.adopt> =>
    stack.factory.adopt({ ...owner, spec }, SecretBytes.copyOf(bytes));

  it.each([
    ['SYMMETRIC_DEFAULT', 32],
    ['HMAC_224', 28],
    ['HMAC_256', 32],
    ['HMAC_384', 48],
    ['HMAC_512', 64],
  ] as const)('for %s has exactly %d bytes', async (spec, length) => {
    accepted(await adopt(spec, randomBytes(length)));
    for (const wrong of [0, length - 1, length + 1]) {
      expect(refused(await adopt(spec, randomBytes(wrong)))).toEqual({ code: 'MaterialUnsuitable' });
    }
  });

  it.each(['ML_DSA_44', 'ML_KEM_768'] as const)('is not taken for %s', async (spec) => {
    const type = spec === 'ML_DSA_44' ? 'ml-dsa-44' : 'ml-kem-768';
    const { privateKey } = generateKeyPairSync(type as 'ml-dsa-44');
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    expect(refused(await adopt(spec, pkcs8))).toEqual({ code: 'MaterialUnsuitable' });
  });

  it('has the same id in every Region and at every import, and another for another key', async () => {
    const material = SecretBytes.copyOf(randomBytes(32));
    const idIn = async (change: Partial<MaterialOwner>): Promise<string> =>
      accepted(await stack.factory.adopt({ ...owner, ...change }, material)).id;
    const id = await idIn({});
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await idIn({})).toBe(id);
    expect(await idIn({ region: 'us-east-1' as Region })).toBe(id);
    expect(await idIn({ keyId: '00000000-0000-4000-8000-000000000000' as KeyId })).not.toBe(id);
  });
});

function spkiOf(publicKey: Uint8Array): { key: Buffer; format: 'der'; type: 'spki' } {
  return { key: Buffer.from(publicKey), format: 'der', type: 'spki' };
}

function oaep(publicKey: Uint8Array, algorithm: WrappingAlgorithm, material: Uint8Array): Buffer {
  const oaepHash = algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256';
  return publicEncrypt({ ...spkiOf(publicKey), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, material);
}

function rsaAes(publicKey: Uint8Array, algorithm: WrappingAlgorithm, material: Uint8Array, keyBytes = 32): Buffer {
  const ephemeral = randomBytes(keyBytes);
  const cipher = createCipheriv(`id-aes${keyBytes * 8}-wrap-pad`, ephemeral, Buffer.from('a65959a6', 'hex'));
  return Buffer.concat([oaep(publicKey, algorithm, ephemeral), cipher.update(material), cipher.final()]);
}

function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
