import { createPublicKey, diffieHellman, generateKeyPairSync, randomBytes } from 'node:crypto';
import { DeriveSharedSecretCommand, GetPublicKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService } from './testing/a-service';
import { aPrivateKey, imports } from './testing/import-material';
import { withOpenSsl } from './testing/openssl';
import { members, refusal, refused } from './testing/refused';
import { rsaAesKeyWrap } from './testing/rsa-aes-key-wrap';

const service = aService();
let client: KMSClient;
const keys = new Map<string, AKey>();
const sets = [
  ['ECC_NIST_P256', 'P-256', 32],
  ['ECC_NIST_P384', 'P-384', 48],
  ['ECC_NIST_P521', 'P-521', 66],
] as const;
beforeAll(async () => {
  client = service.client();
  for (const [KeySpec] of sets) keys.set(KeySpec, await aKey(client, { KeySpec, KeyUsage: 'KEY_AGREEMENT' }));
});

const KeyAgreementAlgorithm = 'ECDH';
const keyOf = (spec: string): AKey => keys.get(spec) ?? { id: '', arn: '' };
const pairOn = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const spkiOf = ({ publicKey }: ReturnType<typeof pairOn>): Buffer => publicKey.export({ format: 'der', type: 'spki' });
const derives = (KeyId: string, PublicKey: Uint8Array, DryRun?: boolean) =>
  client.send(new DeriveSharedSecretCommand({ KeyId, KeyAgreementAlgorithm, PublicKey, DryRun }));
const publicKeyOf = async (KeyId: string) => {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
};
const withoutMessage = refusal('ValidationException', 'UnknownError');

describe.each(sets)('a key of spec %s for key agreement', (spec, curve, length) => {
  it('derives what openssl derives on the other side, the same each time', async () => {
    const { id, arn } = keyOf(spec);
    const peer = pairOn(curve);
    const answer = await derives(id, spkiOf(peer));
    expect(members(answer)).toEqual({
      KeyId: arn,
      SharedSecret: expect.any(Uint8Array),
      KeyAgreementAlgorithm,
      KeyOrigin: 'AWS_KMS',
    });
    const ours = (await publicKeyOf(id)).export({ format: 'pem', type: 'spki' });
    const theirs = await withOpenSsl(async ({ file, openssl, read }) => {
      const own = await file('own.pem', peer.privateKey.export({ format: 'pem', type: 'pkcs8' }));
      await openssl(
        ...['pkeyutl', '-derive', '-inkey', own, '-peerkey', await file('peer.pem', ours)],
        ...['-out', await file('secret')],
      );
      return read('secret');
    });
    expect(Buffer.from(answer.SharedSecret ?? [])).toEqual(theirs);
    expect(theirs).toHaveLength(length);
    expect((await derives(arn, spkiOf(peer))).SharedSecret).toEqual(answer.SharedSecret);
  });

  it('tells its origin when its private key was imported, and derives with that', async () => {
    const { id } = await aKey(client, { KeySpec: spec, KeyUsage: 'KEY_AGREEMENT', Origin: 'EXTERNAL' });
    const privateKey = aPrivateKey(spec);
    await imports(client, id, privateKey.export({ format: 'der', type: 'pkcs8' }), {}, rsaAesKeyWrap('sha256'));
    const peer = pairOn(curve);
    const answer = await derives(id, spkiOf(peer));
    expect(answer.KeyOrigin).toBe('EXTERNAL');
    expect(Buffer.from(answer.SharedSecret ?? [])).toEqual(diffieHellman({ privateKey, publicKey: peer.publicKey }));
  });

  it('refuses every peer key that is none on its curve, without a message', async () => {
    const { id } = keyOf(spec);
    const good = spkiOf(pairOn(curve));
    const offCurve = Buffer.from(good);
    offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
    const zero = Buffer.concat([good.subarray(0, good.length - 2 * length), Buffer.alloc(2 * length)]);
    const others = sets.filter(([, other]) => other !== curve).map(([, other]) => spkiOf(pairOn(other)));
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' });
    const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' });
    for (const bad of [
      ...others,
      spkiOf(pairOn('secp256k1')),
      rsa,
      x25519,
      offCurve,
      zero,
      good.subarray(0, good.length - 1),
      Buffer.concat([good, Buffer.alloc(1)]),
      good.subarray(good.length - 2 * length - 1),
      randomBytes(1),
      randomBytes(8_192),
    ]) {
      expect(await refused(derives(id, bad))).toEqual(withoutMessage);
      expect(await refused(derives(id, bad, true))).toEqual(withoutMessage);
    }
  });
});

describe('DeriveSharedSecret', () => {
  it('takes each of the four names of a key, and says with DryRun that it would have worked', async () => {
    const key = keyOf('ECC_NIST_P256');
    const alias = await anAlias(client, key);
    const peer = spkiOf(pairOn('P-256'));
    for (const KeyId of [key.id, key.arn, alias, service.arn(alias)]) {
      expect((await derives(KeyId, peer)).KeyId).toBe(key.arn);
    }
    expect(await refused(derives(key.id, peer, true))).toEqual(
      refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.'),
    );
  });

  it('refuses keys of another usage, and another algorithm', async () => {
    const signing = await aKey(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    expect(await refused(derives(signing.id, spkiOf(pairOn('P-256'))))).toEqual(
      refusal(
        'InvalidKeyUsageException',
        `${signing.arn} key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret.`,
      ),
    );
    const { text } = await service.wire('DeriveSharedSecret', {
      KeyId: signing.id,
      KeyAgreementAlgorithm: 'X25519',
      PublicKey: 'AAAA',
    });
    expect(JSON.parse(text)).toEqual({
      __type: 'ValidationException',
      message:
        "1 validation error detected: Value 'X25519' at 'keyAgreementAlgorithm' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [ECDH]',
    });
  });

  it('refuses a peer key of more than 8,192 bytes or none', async () => {
    const { id } = keyOf('ECC_NIST_P256');
    for (const [length, bound] of [
      [0, 'greater than or equal to 1'],
      [8_193, 'less than or equal to 8192'],
    ] as const) {
      expect(await refused(derives(id, new Uint8Array(length)))).toEqual(
        refusal(
          'ValidationException',
          `1 validation error detected: Value at 'publicKey' failed to satisfy constraint: Member must have length ${bound}`,
        ),
      );
    }
  });
});
