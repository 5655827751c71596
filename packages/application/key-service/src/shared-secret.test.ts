import { arnOf } from '@keywarden/keys';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type DeriveSharedSecret, DeriveSharedSecretHandler } from './shared-secret';
import { describeDoor, describeUnusable } from './testing/door-refusals';
import { fakeAgreement } from './testing/fake-cryptography';
import { aKeyOf, operationSuite } from './testing/operation-suite';

const key = aKeyOf('ECC_NIST_P256', 'KEY_AGREEMENT');
const unsuitable = Uint8Array.from(Buffer.from('unsuitable'));
const command = (changes: Partial<DeriveSharedSecret> = {}): DeriveSharedSecret => ({
  keyId: key.id,
  keyAgreementAlgorithm: 'ECDH',
  publicKey: Uint8Array.of(1, 2, 3),
  ...changes,
});

describe('DeriveSharedSecret', () => {
  const call: Parameters<typeof describeDoor>[2] = (suite, keyId, stranger) =>
    new DeriveSharedSecretHandler(suite.door, fakeAgreement).handle(
      stranger === true ? suite.stranger() : suite.context(),
      command({ keyId }),
    );
  describeDoor(key, 'resolved', call);
  describeUnusable(key, call);
  const derive = async (given: DeriveSharedSecret, of = key) => {
    const suite = operationSuite(of);
    return new DeriveSharedSecretHandler(suite.door, fakeAgreement).handle(suite.context(), given);
  };

  it('answers the secret with algorithm and origin', async () => {
    const derived = accepted(await derive(command()));
    expect(derived).toMatchObject({ keyId: arnOf(key), keyAgreementAlgorithm: 'ECDH', keyOrigin: 'AWS_KMS' });
    expect(derived.sharedSecret?.length).toBe(32);
  });

  it('refuses a recipient, a key that only signs, and a peer key that is none', async () => {
    expect(refused(await derive(command({ recipient: {} })))).toEqual({ code: 'RecipientNotSupported' });
    const signing = aKeyOf('ECC_NIST_P256', 'SIGN_VERIFY');
    expect(refused(await derive(command(), signing))).toMatchObject({
      code: 'KeyUsageNotValid',
      operation: 'DeriveSharedSecret',
    });
    expect(refused(await derive(command({ publicKey: unsuitable })))).toEqual({ code: 'PeerKeyUnsuitable' });
  });

  it('answers a dry run as the call itself would be answered', async () => {
    expect(refused(await derive(command({ dryRun: true })))).toEqual({ code: 'DryRunSucceeded' });
    const wrong = command({ dryRun: true, publicKey: unsuitable });
    expect(refused(await derive(wrong))).toEqual({ code: 'PeerKeyUnsuitable' });
  });
});
