import { openInMemory } from '@keywarden/in-memory';
import { parseAliasName } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type KmsKey, arnOf, disabled } from '@keywarden/keys';
import { aKeyMaterial, aKmsKey, elsewhere, home, numberedKeyId } from '@keywarden/keys/testing';
import type { Decrypt } from './decrypt';
import { aSecret, shown } from './testing/fake-materials';
import { keyServiceOn } from './testing/key-service-suite';

const key = aKmsKey();
const other = aKmsKey({ id: numberedKeyId(1) });
const rsa = aKmsKey({ id: numberedKeyId(2), spec: 'RSA_2048' });
const signing = aKmsKey({ id: numberedKeyId(3), spec: 'RSA_2048', usage: 'SIGN_VERIFY' });
const foreign = aKmsKey({ ...elsewhere, id: numberedKeyId(4) });

async function suite(...more: readonly KmsKey[]) {
  const service = keyServiceOn(openInMemory());
  await service.given(key, other, rsa, signing, foreign, ...more);
  const encrypted = async (keyId: string, text = 'hello', encryptionContext = {}) => {
    const command = { keyId, plaintext: aSecret(text), encryptionContext };
    return accepted(await service.encrypt.handle(service.own(), command)).ciphertextBlob;
  };
  return {
    ...service,
    encrypted,
    decrypts: (command: Decrypt) => service.decrypt.handle(service.own(), command),
    refuses: async (command: Decrypt) => refused(await service.decrypt.handle(service.own(), command)),
  };
}

describe('Encrypt', () => {
  it('answers the key ARN also when the key was named by an alias', async () => {
    const { own, encrypt, aliases, clock } = await suite();
    const name = parseAliasName('alias/project')!;
    const alias = { ...home, name, targetKeyId: key.id, createdAt: clock.now(), updatedAt: clock.now() };
    await aliases.create(home, name, key.id, () => ({ ok: true, value: alias }));
    const answer = accepted(await encrypt.handle(own(), { keyId: name, plaintext: aSecret('x') }));
    expect(answer).toMatchObject({ keyId: arnOf(key), encryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
  });

  it.each([
    ['a key of another usage', signing.id, 'RSAES_OAEP_SHA_256', 'KeyUsageNotValid'],
    ['an algorithm of another spec', key.id, 'RSAES_OAEP_SHA_256', 'AlgorithmNotOfSpec'],
    ['an RSA key without an algorithm', rsa.id, undefined, 'AlgorithmNotOfSpec'],
  ] as const)('refuses %s', async (_what, keyId, encryptionAlgorithm, code) => {
    const { encrypt, own } = await suite();
    const command = { keyId, plaintext: aSecret('x'), encryptionAlgorithm };
    expect(refused(await encrypt.handle(own(), command))).toMatchObject({ code });
  });

  it('refuses an RSA plaintext that is too long, and a context that RSA cannot bind', async () => {
    const { encrypt, own } = await suite();
    const algorithm = 'RSAES_OAEP_SHA_256' as const;
    const command = { keyId: rsa.id, encryptionAlgorithm: algorithm };
    const longest = { ...command, plaintext: aSecret('x'.repeat(190)) };
    expect((await encrypt.handle(own(), longest)).ok).toBe(true);
    expect(refused(await encrypt.handle(own(), { ...command, plaintext: aSecret('x'.repeat(191)) }))).toEqual({
      code: 'PlaintextTooLong',
      algorithm,
      spec: 'RSA_2048',
      limit: 190,
    });
    const bound = { ...longest, encryptionContext: { a: '1' } };
    expect(refused(await encrypt.handle(own(), bound))).toMatchObject({ code: 'EncryptionContextNotValid' });
    expect((await encrypt.handle(own(), { ...longest, encryptionContext: {} })).ok).toBe(true);
  });

  it('ends a dry run after every check', async () => {
    const { encrypt, own } = await suite();
    const plaintext = aSecret('x');
    expect(refused(await encrypt.handle(own(), { keyId: key.id, plaintext, dryRun: true }))).toEqual({
      code: 'DryRunSucceeded',
    });
    expect(refused(await encrypt.handle(own(), { keyId: signing.id, plaintext, dryRun: true })).code).toBe(
      'KeyUsageNotValid',
    );
  });
});

describe('Decrypt', () => {
  it.each([undefined, key.id, arnOf(key)])('gives the plaintext back, the key named as %s', async (keyId) => {
    const { encrypted, decrypts } = await suite();
    const answer = accepted(await decrypts({ ciphertextBlob: await encrypted(key.id), keyId }));
    expect(shown(answer.plaintext!)).toBe('hello');
    expect(answer).toMatchObject({
      keyId: arnOf(key),
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      keyMaterialId: key.currentMaterialId,
    });
  });

  it('opens RSA ciphertexts, without a material id', async () => {
    const { encrypt, own, decrypts } = await suite();
    const encryptionAlgorithm = 'RSAES_OAEP_SHA_1' as const;
    const command = { keyId: rsa.id, encryptionAlgorithm };
    const { ciphertextBlob } = accepted(await encrypt.handle(own(), { ...command, plaintext: aSecret('x') }));
    const answer = accepted(await decrypts({ ...command, ciphertextBlob }));
    expect([shown(answer.plaintext!), answer.keyMaterialId]).toEqual(['x', undefined]);
  });

  it('answers one refusal for wrong context, changed and cut ciphertext, and bytes that are none', async () => {
    const { encrypted, refuses } = await suite();
    const blob = await encrypted(key.id, 'hello', { tenant: 'a' });
    const changed = Uint8Array.from(blob);
    changed[changed.length - 1]! ^= 1;
    const encryptionContext = { tenant: 'a' };
    for (const command of [
      { ciphertextBlob: blob, encryptionContext: { tenant: 'A' } },
      { ciphertextBlob: blob },
      { ciphertextBlob: changed, encryptionContext },
      { ciphertextBlob: blob.subarray(0, blob.length - 1), encryptionContext },
      { ciphertextBlob: new Uint8Array(20), encryptionContext },
      { ciphertextBlob: new Uint8Array(20), encryptionContext, keyId: key.id },
    ]) {
      expect(await refuses(command)).toEqual({ code: 'CiphertextRefused' });
    }
  });

  it.each([
    ['another symmetric key', other.id],
    ['an RSA key', rsa.id],
    ['a key of another usage', signing.id],
  ])('refuses %s than that of the ciphertext as an incorrect key', async (_what, keyId) => {
    const { encrypted, refuses } = await suite();
    expect(await refuses({ ciphertextBlob: await encrypted(key.id), keyId })).toEqual({ code: 'IncorrectKey' });
  });

  it('refuses an RSA algorithm for a symmetric key', async () => {
    const { encrypted, refuses } = await suite();
    const command = {
      ciphertextBlob: await encrypted(key.id),
      keyId: key.id,
      encryptionAlgorithm: 'RSAES_OAEP_SHA_1' as const,
    };
    expect(await refuses(command)).toMatchObject({ code: 'AlgorithmNotOfSpec' });
  });

  it('asks for the key of an RSA ciphertext, which names none', async () => {
    const { refuses } = await suite();
    const command = { ciphertextBlob: new Uint8Array(256), encryptionAlgorithm: 'RSAES_OAEP_SHA_1' as const };
    expect(await refuses(command)).toEqual({ code: 'KeyIdMissing' });
  });

  it('says the same of a ciphertext whose key is unknown, of another account, or gone', async () => {
    const { refuses, encrypt, stranger, encrypted, clock, keys } = await suite();
    const blobOf = async (keyId: string) =>
      accepted(await encrypt.handle(stranger(), { keyId, plaintext: aSecret('x') })).ciphertextBlob;
    const foreignBlob = await blobOf(foreign.id);
    const unknown = Uint8Array.from(foreignBlob);
    unknown[10]! ^= 1;
    const gone = await encrypted(other.id);
    const deleted = { ...other, state: { kind: 'PendingDeletion', deletionDate: clock.now() } } as const;
    await keys.update(other, () => ({ ok: true, value: deleted }));
    for (const ciphertextBlob of [foreignBlob, unknown, gone]) {
      expect(await refuses({ ciphertextBlob })).toEqual({ code: 'CiphertextKeyInaccessible' });
    }
  });

  it('tells those who may use the key of its state', async () => {
    const { refuses, encrypted, keys } = await suite();
    const ciphertextBlob = await encrypted(key.id);
    await keys.update(key, (held) => ({ ok: true, value: { ...held, state: disabled } }));
    for (const keyId of [undefined, key.id]) {
      expect(await refuses({ ciphertextBlob, keyId })).toEqual({ code: 'KeyDisabled', keyArn: arnOf(key) });
    }
  });

  it('opens what an earlier material closed', async () => {
    const { decrypts, encrypted, keys } = await suite();
    const ciphertextBlob = await encrypted(key.id);
    const next = aKeyMaterial(5);
    const materials = [{ ...key.materials[0]!, state: 'NON_CURRENT' as const }, next];
    await keys.update(key, (held) => ({ ok: true, value: { ...held, materials, currentMaterialId: next.id } }));
    expect(accepted(await decrypts({ ciphertextBlob })).keyMaterialId).toBe(key.currentMaterialId);
  });

  it('refuses an attestation document, since it trusts no root for one', async () => {
    const { encrypted, refuses } = await suite();
    expect(await refuses({ ciphertextBlob: await encrypted(key.id), recipient: {} })).toEqual({
      code: 'RecipientNotSupported',
    });
  });
});

describe('a dry run of Decrypt', () => {
  const ignore = { dryRun: true, dryRunModifiers: ['IGNORE_CIPHERTEXT'] };

  it('verifies the ciphertext', async () => {
    const { encrypted, refuses } = await suite();
    const ciphertextBlob = await encrypted(key.id);
    expect(await refuses({ ciphertextBlob, dryRun: true })).toEqual({ code: 'DryRunSucceeded' });
    const wrong = { ciphertextBlob, encryptionContext: { a: 'b' }, dryRun: true };
    expect(await refuses(wrong)).toEqual({ code: 'CiphertextRefused' });
  });

  it.each([undefined, Uint8Array.of(1)])('looks at no ciphertext when told to, given %s', async (ciphertextBlob) => {
    const { refuses } = await suite();
    expect(await refuses({ ...ignore, ciphertextBlob, keyId: key.id })).toEqual({ code: 'DryRunSucceeded' });
    expect(await refuses({ ...ignore, ciphertextBlob })).toEqual({ code: 'KeyIdMissing' });
    expect(await refuses({ ...ignore, ciphertextBlob, keyId: signing.id })).toEqual({ code: 'IncorrectKey' });
  });

  it('knows its modifiers only together with DryRun', async () => {
    const { refuses } = await suite();
    const { dryRunModifiers } = ignore;
    expect(await refuses({ dryRunModifiers, keyId: key.id })).toEqual({ code: 'DryRunModifiersWithoutDryRun' });
  });

  it('needs a ciphertext otherwise', async () => {
    const { refuses } = await suite();
    expect(await refuses({ keyId: key.id, dryRun: true })).toEqual({ code: 'CiphertextMissing' });
    expect(await refuses({})).toEqual({ code: 'CiphertextMissing' });
  });
});
