import { type Authoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import { openInMemory } from '@keywarden/in-memory';
import { accepted, refused } from '@keywarden/kernel/testing';
import { arnOf } from '@keywarden/keys';
import { aKmsKey, aKeyMaterial, elsewhere, numberedKeyId } from '@keywarden/keys/testing';
import type { ReEncrypt } from './re-encrypt';
import { aSecret, shown } from './testing/fake-materials';
import { keyServiceOn } from './testing/key-service-suite';

const material = aKeyMaterial(2);
const source = aKmsKey();
const target = aKmsKey({ id: numberedKeyId(1), materials: [material], currentMaterialId: material.id });
const rsa = aKmsKey({ id: numberedKeyId(2), spec: 'RSA_2048' });
const signing = aKmsKey({ id: numberedKeyId(3), spec: 'RSA_2048', usage: 'SIGN_VERIFY' });
const foreign = aKmsKey({ ...elsewhere, id: numberedKeyId(4) });
const blob = Uint8Array.of(1);

async function suite() {
  const service = keyServiceOn(openInMemory());
  await service.given(source, target, rsa, signing, foreign);
  const encrypted = async (text = 'hello') =>
    accepted(await service.encrypt.handle(service.own(), { keyId: source.id, plaintext: aSecret(text) }))
      .ciphertextBlob;
  const run = (command: ReEncrypt) => service.reEncrypt.handle(service.own(), command);
  return { ...service, encrypted, run, refuses: async (command: ReEncrypt) => refused(await run(command)) };
}

describe('ReEncrypt', () => {
  it.each([
    [source.id, true],
    [target.id, false],
  ])('tells both decisions whether %s is the key of the ciphertext', async (destinationKeyId, same) => {
    const facts: unknown[] = [];
    const mayUse: Authoriser['mayUse'] = (request) => {
      facts.push([request.action, request.facts.reEncryptOnSameKey]);
      return sameAccountAuthoriser.mayUse(request);
    };
    const service = keyServiceOn(openInMemory(), { authoriser: { ...sameAccountAuthoriser, mayUse } });
    await service.given(source, target);
    const encrypt = { keyId: source.id, plaintext: aSecret('hello') };
    const { ciphertextBlob } = accepted(await service.encrypt.handle(service.own(), encrypt));
    accepted(await service.reEncrypt.handle(service.own(), { ciphertextBlob, destinationKeyId }));
    expect(facts.slice(1)).toEqual([
      ['kms:ReEncryptFrom', same],
      ['kms:ReEncryptTo', same],
    ]);
  });

  it('moves a ciphertext to another key and context', async () => {
    const { encrypted, run, decrypt, own } = await suite();
    const destinationEncryptionContext = { tenant: 'b' };
    const command = { ciphertextBlob: await encrypted(), destinationKeyId: target.id, destinationEncryptionContext };
    const answer = accepted(await run(command));
    expect(answer).toMatchObject({
      sourceKeyId: arnOf(source),
      keyId: arnOf(target),
      sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      sourceKeyMaterialId: source.currentMaterialId,
      destinationKeyMaterialId: material.id,
    });
    const { ciphertextBlob } = answer;
    const opened = accepted(
      await decrypt.handle(own(), { ciphertextBlob, encryptionContext: destinationEncryptionContext }),
    );
    expect(shown(opened.plaintext!)).toBe('hello');
    expect((await decrypt.handle(own(), { ciphertextBlob })).ok).toBe(false);
  });

  it('moves to an RSA key, which has no material id', async () => {
    const { encrypted, run } = await suite();
    const destinationEncryptionAlgorithm = 'RSAES_OAEP_SHA_256' as const;
    const command = { ciphertextBlob: await encrypted(), destinationKeyId: rsa.id, destinationEncryptionAlgorithm };
    expect(accepted(await run(command))).toMatchObject({ destinationKeyMaterialId: undefined });
    const tooLong = { ...command, ciphertextBlob: await encrypted('x'.repeat(191)) };
    expect(refused(await run(tooLong))).toMatchObject({ code: 'PlaintextTooLong', limit: 190 });
  });

  it.each([
    ['a source key that is not that of the ciphertext', { sourceKeyId: target.id }, { code: 'IncorrectKey' }],
    [
      'a source context that is not that of the ciphertext',
      { sourceEncryptionContext: { a: 'b' } },
      { code: 'CiphertextRefused' },
    ],
    ['an unknown destination', { destinationKeyId: numberedKeyId(9) }, { code: 'KeyNotFound' }],
    [
      'a destination of another account',
      { destinationKeyId: arnOf(foreign) },
      { code: 'AccessDenied', action: 'kms:ReEncryptTo' },
    ],
    [
      'a destination of another usage',
      { destinationKeyId: signing.id },
      { code: 'KeyUsageNotValid', operation: 'ReEncrypt' },
    ],
    [
      'an algorithm the destination lacks',
      { destinationEncryptionAlgorithm: 'RSAES_OAEP_SHA_1' },
      { code: 'AlgorithmNotOfSpec' },
    ],
    [
      'a context for an RSA destination',
      {
        destinationKeyId: rsa.id,
        destinationEncryptionAlgorithm: 'RSAES_OAEP_SHA_1',
        destinationEncryptionContext: { a: 'b' },
      },
      { code: 'EncryptionContextNotValid' },
    ],
  ] as const)('refuses %s', async (_what, changes, refusal) => {
    const { encrypted, refuses } = await suite();
    const command = { ciphertextBlob: await encrypted(), destinationKeyId: target.id, ...changes };
    expect(await refuses(command as ReEncrypt)).toMatchObject(refusal);
  });

  it('names the source half when that is what is not allowed', async () => {
    const { refuses } = await suite();
    const command = { ciphertextBlob: blob, sourceKeyId: arnOf(foreign), destinationKeyId: target.id };
    expect(await refuses(command)).toMatchObject({ code: 'AccessDenied', action: 'kms:ReEncryptFrom' });
  });

  it('needs a ciphertext', async () => {
    const { refuses } = await suite();
    expect(await refuses({ destinationKeyId: target.id })).toEqual({ code: 'CiphertextMissing' });
  });
});

describe('a dry run of ReEncrypt', () => {
  it('opens the ciphertext and encrypts nothing', async () => {
    const { encrypted, refuses } = await suite();
    const command = { ciphertextBlob: await encrypted(), destinationKeyId: target.id, dryRun: true };
    expect(await refuses(command)).toEqual({ code: 'DryRunSucceeded' });
    expect(await refuses({ ...command, sourceEncryptionContext: { a: 'b' } })).toEqual({ code: 'CiphertextRefused' });
  });

  it.each([undefined, blob])(
    'checks both keys alone when the ciphertext is to be ignored, given %s',
    async (ciphertextBlob) => {
      const { refuses } = await suite();
      const command = {
        ciphertextBlob,
        destinationKeyId: target.id,
        dryRun: true,
        dryRunModifiers: ['IGNORE_CIPHERTEXT'],
      };
      expect(await refuses({ ...command, sourceKeyId: source.id })).toEqual({ code: 'DryRunSucceeded' });
      expect(await refuses(command)).toEqual({ code: 'KeyIdMissing' });
      expect(await refuses({ ...command, sourceKeyId: source.id, dryRun: false })).toEqual({
        code: 'DryRunModifiersWithoutDryRun',
      });
    },
  );
});
