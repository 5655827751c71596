import { createHash, createPrivateKey, createPublicKey, createSecretKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { anAuthorisedUse } from '@keywarden/authorization/testing';
import type { OaepAlgorithm } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { MacAlgorithm } from '@keywarden/keys';
import { type EcSpec, curveOf } from './curves';
import { derInteger, derSequence, derValue } from './der';
import { counterModeBlock } from './derived-key';
import { verifyDigest } from './ecdsa-digest';
import { signEd25519ph, verifyEd25519ph } from './ed25519ph';
import { signMu, verifyMu } from './ml-dsa-mu';
import type { MlDsaSpec } from './ml-dsa-specs';
import { NodeAsymmetricEncryption } from './node-asymmetric-encryption';
import { unwrapKeyWithPadding } from './node-import-wrapping';
import { NodeKeyAgreement } from './node-key-agreement';
import { NodeKeyEncapsulation } from './node-key-encapsulation';
import { NodeMacGeneration } from './node-mac-generation';
import { NodeSigning } from './node-signing';
import { verifyRsaDigest } from './rsa-digest';
import { CryptoStack } from './testing/a-crypto-stack';

const load = <T>(name: string): T => JSON.parse(readFileSync(`${__dirname}/testdata/${name}.json`, 'utf8')) as T;
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const secret = (text: string): SecretBytes => SecretBytes.copyOf(hex(text));
const hexOf = (given: SecretBytes): string => given.expose((bytes) => Buffer.from(bytes).toString('hex'));
const spki = (text: string): ReturnType<typeof createPublicKey> =>
  createPublicKey({ key: hex(text), format: 'der', type: 'spki' });

const stack = new CryptoStack();
afterAll(() => stack.slow.close());

interface Rfc {
  hmac: { key: string; message: string; macs: Record<string, string> };
  ed25519: { seed: string; message: string; signature: string };
  ed25519ph: { seed: string; publicKey: string; message: string; signature: string };
  kdf: { tests: { key: string; fixed: string; output: string }[] };
}
const rfc = load<Rfc>('rfc-vectors');

describe('SP 800-108 counter mode (NIST CAVP)', () => {
  it.each(rfc.kdf.tests)('derives $output', ({ key, fixed, output }) => {
    const input = Uint8Array.from(hex(`00000000${fixed}`));
    const material = createSecretKey(hex(key));
    const derived = Buffer.concat([1, 2].map((counter) => counterModeBlock(material, input, counter)));
    expect(derived.toString('hex').slice(0, output.length)).toBe(output);
  });
});

describe('HMAC (RFC 4231)', () => {
  const macs = new NodeMacGeneration(stack.access);

  it.each(Object.entries(rfc.hmac.macs))('%s', async (name, expected) => {
    const algorithm = name as MacAlgorithm;
    const key = await stack.keyWith('HMAC_256', hex(rfc.hmac.key));
    const message = secret(rfc.hmac.message);
    const mac = await macs.generate(anAuthorisedUse('kms:GenerateMac', key), algorithm, message);
    expect(Buffer.from(mac).toString('hex')).toBe(expected);
    expect(await macs.verify(anAuthorisedUse('kms:VerifyMac', key), algorithm, message, hex(expected))).toBe(true);
  });
});

describe('Ed25519 (RFC 8032)', () => {
  const pkcs8 = (seed: string): Buffer => hex(`302e020100300506032b657004220420${seed}`);

  it('signs as test 2 does', async () => {
    const { seed, message, signature } = rfc.ed25519;
    const key = await stack.keyWith('ECC_NIST_EDWARDS25519', pkcs8(seed));
    const input = { algorithm: 'ED25519_SHA_512', messageType: 'RAW', message: secret(message) } as const;
    const signed = await new NodeSigning(stack.access, stack.slow).sign(anAuthorisedUse('kms:Sign', key), input);
    expect(Buffer.from(accepted(signed)).toString('hex')).toBe(signature);
  });

  it('signs and verifies Ed25519ph as test abc does', () => {
    const { seed, publicKey, message, signature } = rfc.ed25519ph;
    const key = createPrivateKey({ key: pkcs8(seed), format: 'der', type: 'pkcs8' });
    for (let round = 0; round < 5; round += 1) {
      expect(Buffer.from(signEd25519ph(key, hex(message))).toString('hex')).toBe(signature);
    }
    expect(verifyEd25519ph(hex(publicKey), hex(message), hex(signature))).toBe(true);
    expect(verifyEd25519ph(hex(publicKey), hex('616264'), hex(signature))).toBe(false);
  });

  it('refuses an Ed25519ph signature whose s was raised by the order, and points of small order', () => {
    const { publicKey, message, signature } = rfc.ed25519ph;
    const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
    const s = BigInt(`0x${hex(signature).subarray(32).reverse().toString('hex')}`) + order;
    const raised = hex(s.toString(16).padStart(64, '0')).reverse();
    const malleable = Buffer.concat([hex(signature).subarray(0, 32), raised]);
    expect(verifyEd25519ph(hex(publicKey), hex(message), malleable)).toBe(false);
    const identity = Buffer.alloc(32);
    identity[0] = 1;
    expect(verifyEd25519ph(identity, hex(message), Buffer.concat([identity, Buffer.alloc(32)]))).toBe(false);
  });
});

interface EcdsaGroup {
  spec: EcSpec;
  publicKey: string;
  tests: { tcId: number; comment: string; valid: boolean; msg: string; sig: string }[];
}

describe.each(load<{ groups: EcdsaGroup[] }>('wycheproof-ecdsa').groups)('ECDSA $spec (Wycheproof)', (group) => {
  const curve = curveOf(group.spec)!;
  const key = spki(group.publicKey);
  const hashed = (message: string): Buffer => createHash(curve.hash).update(hex(message)).digest();

  it.each(group.tests)('$tcId: $comment', ({ valid, msg, sig }) => {
    expect(verifyDigest(curve, key, hashed(msg), hex(sig))).toBe(valid);
    expect(verify(curve.hash, hex(msg), key, hex(sig))).toBe(valid);
  });

  it('refuses signatures of other digests, out of range, and made of special numbers', () => {
    const good = group.tests.find(({ valid }) => valid)!;
    const digest = hashed(good.msg);
    digest[digest.length - 1] = (digest[digest.length - 1] ?? 0) ^ 1;
    expect(verifyDigest(curve, key, digest, hex(good.sig))).toBe(false);
    const special = [0n, 1n, curve.n - 1n, curve.n, curve.n + 1n, curve.p];
    for (const r of special) {
      for (const s of special) {
        const signature = derSequence(derInteger(r), derInteger(s));
        expect(verifyDigest(curve, key, hashed(good.msg), signature)).toBe(
          verify(curve.hash, hex(good.msg), key, signature),
        );
        expect(verifyDigest(curve, key, hashed(good.msg), signature)).toBe(false);
      }
    }
    for (const junk of ['', '30', '3000', '30060201000201', '3006020001020001', '0500']) {
      expect(verifyDigest(curve, key, hashed(good.msg), hex(junk))).toBe(false);
    }
  });
});

interface Rsa {
  publicKey: string;
  signatures: { scheme: 'pkcs1' | 'pss'; tcId: number; comment: string; valid: boolean; msg: string; sig: string }[];
  privateKey: string;
  oaep: { algorithm: OaepAlgorithm; privateKey: string; tests: { tcId: number; msg: string; ct: string }[] }[];
}
const rsa = load<Rsa>('wycheproof-rsa');

describe('RSA signatures over a digest (Wycheproof)', () => {
  const key = spki(rsa.publicKey);

  it.each(rsa.signatures)('$scheme $tcId: $comment', ({ scheme, valid, msg, sig }) => {
    const digest = createHash('sha256').update(hex(msg)).digest();
    expect(verifyRsaDigest(key, scheme, 'sha256', digest, hex(sig))).toBe(valid);
    expect(verifyRsaDigest(key, scheme === 'pss' ? 'pkcs1' : 'pss', 'sha256', digest, hex(sig))).toBe(false);
    expect(verifyRsaDigest(key, scheme, 'sha256', digest, hex(`00${sig}`))).toBe(false);
    digest[0] = (digest[0] ?? 0) ^ 1;
    expect(verifyRsaDigest(key, scheme, 'sha256', digest, hex(sig))).toBe(false);
  });
});

it('makes the published PKCS #1 v1.5 signature, from the message and from its digest', async () => {
  const { msg, sig } = rsa.signatures.find(({ scheme, valid }) => scheme === 'pkcs1' && valid)!;
  const use = anAuthorisedUse('kms:Sign', await stack.keyWith('RSA_2048', hex(rsa.privateKey)));
  const digest = createHash('sha256').update(hex(msg)).digest('hex');
  for (const [messageType, message] of [
    ['RAW', msg],
    ['DIGEST', digest],
  ] as const) {
    const input = { algorithm: 'RSASSA_PKCS1_V1_5_SHA_256', messageType, message: secret(message) } as const;
    const signature = accepted(await new NodeSigning(stack.access, stack.slow).sign(use, input));
    expect(Buffer.from(signature).toString('hex')).toBe(sig);
  }
});

describe.each(rsa.oaep)('$algorithm (Wycheproof)', ({ algorithm, privateKey, tests }) => {
  const encryption = new NodeAsymmetricEncryption(stack.access, stack.slow);

  it.each(tests)('$tcId decrypts, and is refused when damaged', async ({ msg, ct }) => {
    const use = anAuthorisedUse('kms:Decrypt', await stack.keyWith('RSA_2048', hex(privateKey)));
    expect(hexOf(accepted(await encryption.decrypt(use, algorithm, hex(ct))))).toBe(msg);
    const damaged = hex(ct);
    damaged[17] = (damaged[17] ?? 0) ^ 4;
    expect(refused(await encryption.decrypt(use, algorithm, damaged))).toEqual({ code: 'CiphertextRefused' });
  });
});

interface Ecdh {
  spec: EcSpec;
  tests: { tcId: number; comment: string; public: string; private: string; shared?: string }[];
}
const ecdh = load<Ecdh>('wycheproof-ecdh');

describe('ECDH (Wycheproof)', () => {
  const agreement = new NodeKeyAgreement(stack.access, stack.slow);

  it.each(ecdh.tests)('$tcId: $comment', async (test) => {
    const curve = curveOf(ecdh.spec)!;
    const scalar = hex(test.private.slice(-2 * curve.bytes));
    const oids = Buffer.concat([hex('06072a8648ce3d0201'), hex(curve.oid)]);
    const inner = derSequence(derInteger(1n), derValue(0x04, scalar));
    const key = await stack.keyWith(ecdh.spec, derSequence(derInteger(0n), derSequence(oids), derValue(0x04, inner)));
    const answer = await agreement.deriveSharedSecret(anAuthorisedUse('kms:DeriveSharedSecret', key), hex(test.public));
    if (test.shared === undefined) expect(refused(answer)).toEqual({ code: 'PeerKeyUnsuitable' });
    else expect(hexOf(accepted(answer))).toBe(test.shared);
  });
});

describe('AES key wrap with padding (Wycheproof)', () => {
  type Case = { tcId: number; comment: string; key: string; msg: string; ct: string };
  const { valid, invalid } = load<{ valid: Case[]; invalid: Case[] }>('wycheproof-kwp');

  it.each(valid)('unwraps $tcId', ({ key, msg, ct }) => {
    expect(hexOf(unwrapKeyWithPadding(secret(key), hex(ct))!)).toBe(msg);
  });

  it.each(invalid)('refuses $tcId: $comment', ({ key, ct }) => {
    expect(unwrapKeyWithPadding(secret(key), hex(ct))).toBeUndefined();
  });
});

describe('ML-KEM (Wycheproof)', () => {
  const { tests } = load<{ tests: { tcId: number; comment: string; seed: string; c: string; K: string }[] }>(
    'wycheproof-ml-kem',
  );

  it.each(tests)('$tcId: $comment', async ({ seed, c, K }) => {
    const privateKey = createPrivateKey({ key: hex(seed), format: 'raw-seed', asymmetricKeyType: 'ml-kem-512' });
    const key = await stack.keyWith('ML_KEM_512', privateKey.export({ format: 'der', type: 'pkcs8' }));
    const use = anAuthorisedUse('kms:Decapsulate', key);
    expect(hexOf(accepted(await new NodeKeyEncapsulation(stack.access).decapsulate(use, hex(c))))).toBe(K);
  });
});

describe('ML-DSA with an external mu (Wycheproof)', () => {
  const test = load<{ spec: MlDsaSpec; seed: string; publicKey: string; msg: string; mu: string; sig: string }>(
    'wycheproof-ml-dsa',
  );
  const privateKey = createPrivateKey({ key: hex(test.seed), format: 'raw-seed', asymmetricKeyType: 'ml-dsa-44' });
  const publicKey = createPublicKey(privateKey);

  it('knows the published key, and accepts the published signature of the message and of its mu', () => {
    expect(publicKey.export({ format: 'raw-public' }).toString('hex')).toBe(test.publicKey);
    expect(verify(undefined, hex(test.msg), publicKey, hex(test.sig))).toBe(true);
    expect(verifyMu(test.spec, publicKey, hex(test.mu), hex(test.sig))).toBe(true);
  });

  it('signs the mu hedged, so that OpenSSL verifies the message', () => {
    const [first, second] = [signMu(test.spec, privateKey, hex(test.mu)), signMu(test.spec, privateKey, hex(test.mu))];
    expect(Buffer.from(first).equals(second)).toBe(false);
    for (const signature of [first, second]) expect(verify(undefined, hex(test.msg), publicKey, signature)).toBe(true);
  });

  it('refuses a flipped bit, a cut, a padding and another mu', () => {
    const flipped = hex(test.sig);
    flipped[1_000] = (flipped[1_000] ?? 0) ^ 1;
    for (const wrong of [flipped, hex(test.sig).subarray(1), hex(`${test.sig}00`), Buffer.alloc(0)]) {
      expect(verifyMu(test.spec, publicKey, hex(test.mu), wrong)).toBe(false);
    }
    const mu = hex(test.mu);
    mu[0] = (mu[0] ?? 0) ^ 1;
    expect(verifyMu(test.spec, publicKey, mu, hex(test.sig))).toBe(false);
  });
});
