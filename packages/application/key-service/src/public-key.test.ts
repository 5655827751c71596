import { arnOf, disabled } from '@keywarden/keys';
import { accepted, refused } from '@keywarden/kernel/testing';
import { GetPublicKeyHandler } from './public-key';
import { describeDoor, describePendingImport } from './testing/door-refusals';
import { aKeyOf, operationSuite } from './testing/operation-suite';

describe('GetPublicKey', () => {
  const call: Parameters<typeof describeDoor>[2] = (suite, keyId, stranger) =>
    new GetPublicKeyHandler(suite.door).handle(stranger === true ? suite.stranger() : suite.context(), { keyId });
  const rsa = aKeyOf('RSA_2048', 'SIGN_VERIFY');
  describeDoor(rsa, 'resolved', call);
  describePendingImport(rsa, call);

  it('tells the public key of a disabled key, as AWS does', async () => {
    expect((await call(operationSuite({ ...rsa, state: disabled }), rsa.id)).ok).toBe(true);
  });

  it.each([
    ['RSA_2048', 'ENCRYPT_DECRYPT', { encryptionAlgorithms: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] }],
    ['ECC_NIST_P256', 'SIGN_VERIFY', { signingAlgorithms: ['ECDSA_SHA_256'] }],
    ['ECC_NIST_P256', 'KEY_AGREEMENT', { keyAgreementAlgorithms: ['ECDH'] }],
    ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE', { encapsulationAlgorithms: ['ML_KEM'] }],
  ] as const)('lists for %s with %s the algorithms of that usage alone', async (spec, usage, lists) => {
    const key = aKeyOf(spec, usage);
    expect(accepted(await call(operationSuite(key), key.id))).toEqual({
      keyId: arnOf(key),
      publicKey: Uint8Array.of(48, 1, 2),
      customerMasterKeySpec: spec,
      keySpec: spec,
      keyUsage: usage,
      ...lists,
    });
  });

  it.each([
    ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT'],
    ['HMAC_256', 'GENERATE_VERIFY_MAC'],
  ] as const)('refuses a key of spec %s', async (spec, usage) => {
    const key = aKeyOf(spec, usage);
    const refusal = refused(await call(operationSuite(key), key.id));
    expect(refusal).toEqual({ code: 'SpecNotValid', keyArn: arnOf(key) });
  });
});
