import { arnOf } from '@keywarden/keys';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type Sign, SignatureHandlers } from './signatures';
import { describeDoor, describeUnusable } from './testing/door-refusals';
import { fakeSigning } from './testing/fake-cryptography';
import { aSecret } from './testing/fake-materials';
import { aKeyOf, operationSuite } from './testing/operation-suite';

const rsa = aKeyOf('RSA_2048', 'SIGN_VERIFY');
const mlDsa = aKeyOf('ML_DSA_65', 'SIGN_VERIFY');
const command = (changes: Partial<Sign> = {}): Sign => ({
  keyId: rsa.id,
  message: aSecret('hello'),
  signingAlgorithm: 'RSASSA_PSS_SHA_256',
  ...changes,
});
const suiteOf = (key = rsa) => {
  const suite = operationSuite(key);
  return { ...suite, handlers: new SignatureHandlers(suite.door, fakeSigning) };
};

describe('Sign', () => {
  const call: Parameters<typeof describeDoor>[2] = (suite, keyId, stranger) =>
    new SignatureHandlers(suite.door, fakeSigning).sign(
      stranger === true ? suite.stranger() : suite.context(),
      command({ keyId }),
    );
  describeDoor(rsa, 'resolved', call);
  describeUnusable(rsa, call);

  it('signs a message and names the key by its ARN', async () => {
    const { handlers, context, asked } = suiteOf();
    const signed = accepted(await handlers.sign(context(), command()));
    expect(signed).toEqual({
      keyId: arnOf(rsa),
      signature: expect.any(Uint8Array),
      signingAlgorithm: 'RSASSA_PSS_SHA_256',
    });
    const facts = { signingAlgorithm: 'RSASSA_PSS_SHA_256', messageType: 'RAW' };
    expect(asked).toEqual([{ action: 'kms:Sign', facts }]);
  });

  it('refuses a key of another usage before it looks at the algorithm', async () => {
    const key = aKeyOf('RSA_2048', 'ENCRYPT_DECRYPT');
    const { handlers, context } = suiteOf(key);
    const refusal = { code: 'KeyUsageNotValid', keyArn: arnOf(key), usage: 'ENCRYPT_DECRYPT', operation: 'Sign' };
    expect(refused(await handlers.sign(context(), command({ signingAlgorithm: 'ECDSA_SHA_256' })))).toEqual(refusal);
  });

  it('refuses an algorithm of another spec', async () => {
    const { handlers, context } = suiteOf();
    const refusal = refused(await handlers.sign(context(), command({ signingAlgorithm: 'ECDSA_SHA_256' })));
    expect(refusal).toEqual({ code: 'AlgorithmNotOfSpec', algorithm: 'ECDSA_SHA_256', spec: 'RSA_2048' });
  });

  it.each([
    ['EXTERNAL_MU', 'RSASSA_PSS_SHA_256', rsa],
    ['DIGEST', 'ML_DSA_SHAKE_256', mlDsa],
    ['EXTERNAL_MU', 'ED25519_SHA_512', aKeyOf('ECC_NIST_EDWARDS25519', 'SIGN_VERIFY')],
  ] as const)('refuses a %s message, which no algorithm of its spec takes, for %s', async (messageType, alg, key) => {
    const { handlers, context } = suiteOf(key);
    const refusal = refused(await handlers.sign(context(), command({ messageType, signingAlgorithm: alg })));
    expect(refusal).toEqual({ code: 'MessageTypeNotOfSpec', messageType, spec: key.spec });
  });

  it.each([
    ['DIGEST', 'ED25519_SHA_512', aKeyOf('ECC_NIST_EDWARDS25519', 'SIGN_VERIFY')],
    ['RAW', 'ED25519_PH_SHA_512', aKeyOf('ECC_NIST_EDWARDS25519', 'SIGN_VERIFY')],
  ] as const)('refuses a %s message for %s', async (messageType, signingAlgorithm, key) => {
    const { handlers, context } = suiteOf(key);
    const refusal = refused(await handlers.sign(context(), command({ messageType, signingAlgorithm })));
    expect(refusal).toEqual({ code: 'MessageTypeNotOfAlgorithm', messageType, algorithm: signingAlgorithm });
  });

  it.each([
    ['RSASSA_PSS_SHA_256', 'DIGEST', 32, rsa],
    ['RSASSA_PKCS1_V1_5_SHA_384', 'DIGEST', 48, rsa],
    ['RSASSA_PKCS1_V1_5_SHA_512', 'DIGEST', 64, rsa],
    ['ML_DSA_SHAKE_256', 'EXTERNAL_MU', 64, mlDsa],
  ] as const)('takes for %s a %s of %i bytes and no other', async (signingAlgorithm, messageType, length, key) => {
    const { handlers, context } = suiteOf(key);
    const sign = (bytes: number) =>
      handlers.sign(context(), command({ signingAlgorithm, messageType, message: aSecret('x'.repeat(bytes)) }));
    expect(await sign(length)).toMatchObject({ ok: true });
    for (const wrong of [length - 1, length + 1]) {
      expect(refused(await sign(wrong))).toEqual({ code: 'DigestLengthWrong', algorithm: signingAlgorithm });
    }
  });

  it('answers a dry run without a signature', async () => {
    const { handlers, context } = suiteOf();
    expect(refused(await handlers.sign(context(), command({ dryRun: true })))).toEqual({ code: 'DryRunSucceeded' });
  });
});

describe('Verify', () => {
  it('accepts what was signed and refuses everything else', async () => {
    const { handlers, context } = suiteOf();
    const { signature } = accepted(await handlers.sign(context(), command()));
    expect(accepted(await handlers.verify(context(), { ...command(), signature }))).toEqual({
      keyId: arnOf(rsa),
      signatureValid: true,
      signingAlgorithm: 'RSASSA_PSS_SHA_256',
    });
    const forged = { ...command({ message: aSecret('hallo') }), signature };
    expect(refused(await handlers.verify(context(), forged))).toEqual({ code: 'SignatureNotValid' });
  });

  it('answers a dry run as the call itself would be answered', async () => {
    const { handlers, context } = suiteOf();
    const { signature } = accepted(await handlers.sign(context(), command()));
    const dry = { ...command({ dryRun: true }), signature };
    expect(refused(await handlers.verify(context(), dry))).toEqual({ code: 'DryRunSucceeded' });
    const wrong = { ...dry, signature: Uint8Array.of(1) };
    expect(refused(await handlers.verify(context(), wrong))).toEqual({ code: 'SignatureNotValid' });
  });

  it('refuses a digest of the wrong length and a key that does not sign', async () => {
    const { handlers, context } = suiteOf();
    const digest = { ...command({ messageType: 'DIGEST' }), signature: Uint8Array.of(1) };
    expect(refused(await handlers.verify(context(), digest))).toMatchObject({ code: 'DigestLengthWrong' });
    const other = suiteOf(aKeyOf('RSA_2048', 'ENCRYPT_DECRYPT'));
    const refusal = refused(await other.handlers.verify(other.context(), digest));
    expect(refusal).toMatchObject({ code: 'KeyUsageNotValid', operation: 'Verify' });
  });
});
