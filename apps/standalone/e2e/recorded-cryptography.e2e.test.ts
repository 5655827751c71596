import { aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { bytes, materialId, recordedCalls, seconds, sources } from './testing/recorded';

const service = aService();
const { expectRefusal, send } = recordedCalls(service);
const message = 'dGVzdCBtZXNzYWdl';

describe(`answers of cryptographic operations, recorded from AWS (${sources.localstack})`, () => {
  it('of symmetric encryption', async () => {
    const { arn: KeyId } = await aKey(service.client());
    const { arn: other } = await aKey(service.client());
    const encrypted = await send('Encrypt', { KeyId, Plaintext: message, EncryptionContext: { a: 'b' } });
    expect(encrypted).toEqual({ KeyId, CiphertextBlob: bytes, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
    const { CiphertextBlob } = encrypted;
    expect(await send('Decrypt', { CiphertextBlob, EncryptionContext: { a: 'b' } })).toEqual({
      KeyId,
      Plaintext: message,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyMaterialId: materialId,
    });
    const again = { CiphertextBlob, SourceEncryptionContext: { a: 'b' }, DestinationKeyId: other };
    expect(await send('ReEncrypt', again)).toEqual({
      KeyId: other,
      SourceKeyId: KeyId,
      CiphertextBlob: bytes,
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      SourceKeyMaterialId: materialId,
      DestinationKeyMaterialId: materialId,
    });
    for (const length of [12, 44, 91, 1, 1024]) {
      const { Plaintext, ...more } = await send('GenerateRandom', { NumberOfBytes: length });
      expect([Buffer.from(String(Plaintext), 'base64').length, more]).toEqual([length, {}]);
    }
  });

  it('of RSA encryption', async () => {
    const spec = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' } as const;
    const [{ arn: KeyId }, { arn: other }] = [await aKey(service.client(), spec), await aKey(service.client(), spec)];
    const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256';
    const encrypted = await send('Encrypt', { KeyId, Plaintext: message, EncryptionAlgorithm });
    expect(encrypted).toEqual({ KeyId, CiphertextBlob: bytes, EncryptionAlgorithm });
    const { CiphertextBlob } = encrypted;
    expect(Buffer.from(String(CiphertextBlob), 'base64')).toHaveLength(256);
    const decrypted = await send('Decrypt', { KeyId, CiphertextBlob, EncryptionAlgorithm });
    expect(decrypted).toEqual({ KeyId, Plaintext: message, EncryptionAlgorithm });
    expect(
      await send('ReEncrypt', {
        CiphertextBlob,
        SourceKeyId: KeyId,
        DestinationKeyId: other,
        SourceEncryptionAlgorithm: EncryptionAlgorithm,
        DestinationEncryptionAlgorithm: EncryptionAlgorithm,
      }),
    ).toEqual({
      KeyId: other,
      SourceKeyId: KeyId,
      CiphertextBlob: bytes,
      SourceEncryptionAlgorithm: EncryptionAlgorithm,
      DestinationEncryptionAlgorithm: EncryptionAlgorithm,
    });
  });

  it('of data keys and data key pairs', async () => {
    const { arn: KeyId } = await aKey(service.client());
    const underKey = { KeyId, CiphertextBlob: bytes, KeyMaterialId: materialId };
    for (const [size, length] of [
      [{ KeySpec: 'AES_256' }, 32],
      [{ KeySpec: 'AES_128' }, 16],
      [{ NumberOfBytes: 7 }, 7],
    ] as const) {
      const key = await send('GenerateDataKey', { KeyId, ...size });
      expect(key).toEqual({ ...underKey, Plaintext: bytes });
      expect(Buffer.from(String(key.Plaintext), 'base64')).toHaveLength(length);
      expect(await send('GenerateDataKeyWithoutPlaintext', { KeyId, ...size })).toEqual(underKey);
    }
    const pair = { KeyId, KeyPairSpec: 'RSA_2048' };
    const answer = {
      KeyId,
      KeyPairSpec: 'RSA_2048',
      PrivateKeyCiphertextBlob: bytes,
      PublicKey: bytes,
      KeyMaterialId: materialId,
    };
    const { PrivateKeyPlaintext, ...rest } = await send('GenerateDataKeyPair', pair);
    expect(rest).toEqual(answer);
    const { Plaintext } = await send('Decrypt', { KeyId, CiphertextBlob: rest.PrivateKeyCiphertextBlob });
    expect(Plaintext).toBe(PrivateKeyPlaintext);
    expect(await send('GenerateDataKeyPairWithoutPlaintext', pair)).toEqual(answer);
  });

  it('of a dry run', async () => {
    const { arn: KeyId } = await aKey(service.client());
    const dryRun = {
      code: 'DryRunOperationException',
      message: 'The request would have succeeded, but the DryRun option is set.',
    };
    const pair = { KeyId, KeyPairSpec: 'RSA_2048', DryRun: true };
    await expectRefusal('GenerateDataKeyPair', pair, dryRun);
    await expectRefusal('GenerateDataKeyPairWithoutPlaintext', pair, dryRun);
  });

  it('of signatures, MACs and shared secrets', async () => {
    const client = service.client();
    const { arn: signing } = await aKey(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const sign = { KeyId: signing, Message: message, SigningAlgorithm: 'ECDSA_SHA_256' };
    const named = { KeyId: signing, SigningAlgorithm: 'ECDSA_SHA_256' };
    const signed = await send('Sign', sign);
    expect(signed).toEqual({ ...named, Signature: bytes });
    expect(await send('Verify', { ...sign, Signature: signed.Signature })).toEqual({ ...named, SignatureValid: true });

    const { arn: hmac } = await aKey(client, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const mac = { KeyId: hmac, MacAlgorithm: 'HMAC_SHA_256' };
    const generated = await send('GenerateMac', { ...mac, Message: message });
    expect(generated).toEqual({ ...mac, Mac: bytes });
    const verified = await send('VerifyMac', { ...mac, Message: message, Mac: generated.Mac });
    expect(verified).toEqual({ ...mac, MacValid: true });

    const { arn: agreeing } = await aKey(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' });
    const { PublicKey } = await send('GetPublicKey', { KeyId: agreeing });
    const agreement = { KeyId: agreeing, KeyAgreementAlgorithm: 'ECDH' };
    expect(await send('DeriveSharedSecret', { ...agreement, PublicKey })).toEqual({
      ...agreement,
      KeyOrigin: 'AWS_KMS',
      SharedSecret: bytes,
    });
  });
});

describe(`rotation, recorded from AWS (${sources.localstack})`, () => {
  it('is told with its period and next date while it is enabled', async () => {
    const { id, arn: KeyId } = await aKey(service.client());
    const off = { KeyId, KeyRotationEnabled: false };
    expect(await send('GetKeyRotationStatus', { KeyId: id })).toEqual(off);
    for (const [asked, RotationPeriodInDays] of [
      [{}, 365],
      [{ RotationPeriodInDays: 90 }, 90],
      [{ RotationPeriodInDays: 180 }, 180],
    ] as const) {
      expect(await send('EnableKeyRotation', { KeyId: id, ...asked })).toEqual({});
      const status = { KeyId, KeyRotationEnabled: true, RotationPeriodInDays, NextRotationDate: seconds };
      expect(await send('GetKeyRotationStatus', { KeyId: id })).toEqual(status);
    }
    const before = await send('GetKeyRotationStatus', { KeyId: id });
    expect(await send('RotateKeyOnDemand', { KeyId: id })).toEqual({ KeyId });
    expect(await send('GetKeyRotationStatus', { KeyId: id })).toEqual(before);
    expect(await send('DisableKeyRotation', { KeyId: id })).toEqual({});
    expect(await send('GetKeyRotationStatus', { KeyId: id })).toEqual(off);
  });

  it('leaves ciphertexts readable, and refuses them when something is put behind', async () => {
    const { id: KeyId } = await aKey(service.client());
    const { CiphertextBlob } = await send('Encrypt', { KeyId, Plaintext: message });
    await send('RotateKeyOnDemand', { KeyId });
    expect(await send('Decrypt', { KeyId, CiphertextBlob })).toMatchObject({ Plaintext: message });
    const behind = Buffer.concat([Buffer.from(String(CiphertextBlob), 'base64'), Buffer.from('bad_data')]);
    const body = { KeyId, CiphertextBlob: behind.toString('base64') };
    await expectRefusal('Decrypt', body, { code: 'InvalidCiphertextException' });
  });

  it('on demand ends at a limit', async () => {
    const { id, arn } = await aKey(service.client());
    for (let count = 0; count < 25; count += 1) await send('RotateKeyOnDemand', { KeyId: id });
    await expectRefusal(
      'RotateKeyOnDemand',
      { KeyId: id },
      {
        code: 'LimitExceededException',
        message: `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arn}`,
      },
    );
  });
});
