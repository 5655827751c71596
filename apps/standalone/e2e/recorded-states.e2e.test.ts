import { type AKey, aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { imports, someMaterial } from './testing/import-material';
import { recordedCalls, sources } from './testing/recorded';
import {
  type Kind,
  cryptoRequest,
  managementRequest,
  disabled,
  external,
  externalHmac,
  hmac,
  inState,
  message,
  p256,
  rsaEncryption,
  rsaSigning,
  symmetric,
} from './testing/recorded-kinds';

const service = aService();
const { expectRefusal, send } = recordedCalls(service);

const make = ([KeySpec, KeyUsage, Origin]: Kind): Promise<AKey> =>
  aKey(service.client(), { KeySpec, KeyUsage, Origin });

describe(`a key in the wrong state, recorded from AWS (${sources.floci})`, () => {
  it.each<readonly [Kind, string, string]>([
    [rsaSigning, 'Sign', 'RSASSA_PSS_SHA_256'],
    [rsaSigning, 'Verify', 'RSASSA_PSS_SHA_256'],
    [rsaSigning, 'Sign', 'ECDSA_SHA_256'],
    [hmac, 'GenerateMac', 'HMAC_SHA_256'],
    [hmac, 'VerifyMac', 'HMAC_SHA_256'],
    [hmac, 'GenerateMac', 'HMAC_SHA_512'],
    [symmetric, 'Encrypt', 'SYMMETRIC_DEFAULT'],
    [symmetric, 'GenerateDataKey', 'SYMMETRIC_DEFAULT'],
    [rsaEncryption, 'Encrypt', 'RSAES_OAEP_SHA_256'],
    [rsaEncryption, 'Decrypt', 'RSAES_OAEP_SHA_256'],
    [rsaEncryption, 'GenerateDataKey', 'SYMMETRIC_DEFAULT'],
  ])('disabled: %j %s %s', async (kind, operation, algorithm) => {
    const { arn } = await make(kind);
    await send('DisableKey', { KeyId: arn });
    await expectRefusal(operation, cryptoRequest(operation, arn, algorithm), disabled(arn));
  });

  it.each<readonly [Kind, string, string]>([
    [p256, 'Sign', 'ECDSA_SHA_256'],
    [p256, 'Verify', 'ECDSA_SHA_256'],
    [p256, 'Sign', 'ECDSA_SHA_384'],
    [hmac, 'GenerateMac', 'HMAC_SHA_256'],
    [hmac, 'VerifyMac', 'HMAC_SHA_256'],
    [symmetric, 'Encrypt', 'SYMMETRIC_DEFAULT'],
    [p256, 'GetPublicKey', ''],
    [hmac, 'GetPublicKey', ''],
    [hmac, 'EnableKeyRotation', ''],
    [hmac, 'DisableKeyRotation', ''],
    [hmac, 'RotateKeyOnDemand', ''],
    [symmetric, 'EnableKey', ''],
    [symmetric, 'DisableKey', ''],
    [symmetric, 'UpdateKeyDescription', ''],
    [symmetric, 'TagResource', ''],
    [symmetric, 'UntagResource', ''],
    [symmetric, 'CreateGrant', ''],
    [symmetric, 'ScheduleKeyDeletion', ''],
    [symmetric, 'CreateAlias', ''],
    [symmetric, 'UpdateAlias', ''],
    [external, 'GetParametersForImport', ''],
    [external, 'ImportKeyMaterial', ''],
  ])('pending deletion: %j %s %s', async (kind, operation, algorithm) => {
    const { arn } = await make(kind);
    const body =
      algorithm === '' ? await managementRequest(service, operation, arn) : cryptoRequest(operation, arn, algorithm);
    await send('ScheduleKeyDeletion', { KeyId: arn, PendingWindowInDays: 7 });
    await expectRefusal(operation, body, inState(arn, 'pending deletion'));
  });

  it.each<readonly [Kind, string, string]>([
    [external, 'Encrypt', 'SYMMETRIC_DEFAULT'],
    [external, 'GenerateDataKey', 'SYMMETRIC_DEFAULT'],
    [external, 'GenerateDataKeyWithoutPlaintext', 'SYMMETRIC_DEFAULT'],
    [external, 'EnableKey', ''],
    [external, 'DisableKey', ''],
    [external, 'GetPublicKey', ''],
    [external, 'RotateKeyOnDemand', ''],
    [externalHmac, 'GenerateMac', 'HMAC_SHA_256'],
    [externalHmac, 'VerifyMac', 'HMAC_SHA_256'],
    [externalHmac, 'GenerateMac', 'HMAC_SHA_512'],
  ])('pending import: %j %s %s', async (kind, operation, algorithm) => {
    const { arn } = await make(kind);
    await expectRefusal(operation, cryptoRequest(operation, arn, algorithm), inState(arn, 'pending import'));
  });

  it.each<readonly [Kind, string]>([
    [symmetric, 'EnableKeyRotation'],
    [symmetric, 'DisableKeyRotation'],
    [symmetric, 'RotateKeyOnDemand'],
    [hmac, 'EnableKeyRotation'],
    [hmac, 'DisableKeyRotation'],
    [hmac, 'RotateKeyOnDemand'],
    [rsaEncryption, 'RotateKeyOnDemand'],
  ])('disabled, before the key spec is looked at: %j %s', async (kind, operation) => {
    const { arn } = await make(kind);
    await send('DisableKey', { KeyId: arn });
    await expectRefusal(operation, { KeyId: arn }, disabled(arn));
  });

  it('lets GetPublicKey look at a disabled key', async () => {
    const { arn } = await make(rsaSigning);
    await send('DisableKey', { KeyId: arn });
    expect(await send('GetPublicKey', { KeyId: arn })).toMatchObject({ KeyId: arn });
  });

  it('ReEncrypt to a key without material', async () => {
    const [source, destination] = [await make(symmetric), await make(external)];
    const { CiphertextBlob } = await send('Encrypt', { KeyId: source.arn, Plaintext: message });
    const body = { CiphertextBlob, DestinationKeyId: destination.arn };
    await expectRefusal('ReEncrypt', body, inState(destination.arn, 'pending import'));
  });

  it.each(['Decrypt', 'Decrypt with KeyId', 'ReEncrypt'])('%s when the material has been deleted', async (call) => {
    const client = service.client();
    const { id, arn } = await make(external);
    await imports(client, id, someMaterial());
    const { CiphertextBlob } = await send('Encrypt', { KeyId: arn, Plaintext: message });
    await send('DeleteImportedKeyMaterial', { KeyId: arn });
    const more = call === 'ReEncrypt' ? { DestinationKeyId: (await make(symmetric)).arn } : { KeyId: arn };
    const body = { CiphertextBlob, ...(call !== 'Decrypt' && more) };
    await expectRefusal(call.split(' ')[0] ?? '', body, inState(arn, 'pending import'));
  });
});
