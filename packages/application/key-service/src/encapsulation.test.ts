import { arnOf } from '@keywarden/keys';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type Encapsulate, EncapsulationHandlers } from './encapsulation';
import { describeDoor, describeUnusable } from './testing/door-refusals';
import { fakeEncapsulation } from './testing/fake-cryptography';
import { aKeyOf, operationSuite } from './testing/operation-suite';

const key = aKeyOf('ML_KEM_512', 'ENCAPSULATE_DECAPSULATE');
const command = (changes: Partial<Encapsulate> = {}): Encapsulate => ({
  keyId: key.id,
  encapsulationAlgorithm: 'ML_KEM',
  ...changes,
});
const suiteOf = (of = key) => {
  const suite = operationSuite(of);
  return { ...suite, handlers: new EncapsulationHandlers(suite.door, fakeEncapsulation) };
};

describe('Encapsulate and Decapsulate', () => {
  const call: Parameters<typeof describeDoor>[2] = (suite, keyId, stranger) =>
    new EncapsulationHandlers(suite.door, fakeEncapsulation).encapsulate(
      stranger === true ? suite.stranger() : suite.context(),
      command({ keyId }),
    );
  describeDoor(key, 'resolved', call);
  describeUnusable(key, call);

  it('agree on the secret', async () => {
    const { handlers, context } = suiteOf();
    const sent = accepted(await handlers.encapsulate(context(), command()));
    const { sharedSecretCiphertextBlob } = sent;
    expect(sent).toMatchObject({ keyId: arnOf(key), encapsulationAlgorithm: 'ML_KEM' });
    const got = accepted(await handlers.decapsulate(context(), { ...command(), sharedSecretCiphertextBlob }));
    expect(Object.keys(got).sort()).toEqual(['encapsulationAlgorithm', 'keyId', 'sharedSecret']);
    const read = (secret: typeof got.sharedSecret) => secret.expose((bytes) => [...bytes]);
    expect(read(got.sharedSecret)).toEqual(read(sent.sharedSecret));
  });

  it('refuse a ciphertext of a length that no key of the spec makes, in a dry run too', async () => {
    const { handlers, context } = suiteOf();
    const sharedSecretCiphertextBlob = new Uint8Array(767);
    for (const dryRun of [false, true]) {
      const given = { ...command({ dryRun }), sharedSecretCiphertextBlob };
      expect(refused(await handlers.decapsulate(context(), given))).toEqual({ code: 'CiphertextRefused' });
    }
  });

  it('answer dry runs without a secret', async () => {
    const { handlers, context } = suiteOf();
    const dry = command({ dryRun: true });
    expect(refused(await handlers.encapsulate(context(), dry))).toEqual({ code: 'DryRunSucceeded' });
    const given = { ...dry, sharedSecretCiphertextBlob: new Uint8Array(768) };
    expect(refused(await handlers.decapsulate(context(), given))).toEqual({ code: 'DryRunSucceeded' });
  });

  it('refuse a key of another usage', async () => {
    const { handlers, context } = suiteOf(aKeyOf('RSA_2048', 'ENCRYPT_DECRYPT'));
    const given = { ...command(), sharedSecretCiphertextBlob: new Uint8Array(768) };
    const code = 'KeyUsageNotValid';
    expect(refused(await handlers.encapsulate(context(), command()))).toMatchObject({ code, operation: 'Encapsulate' });
    expect(refused(await handlers.decapsulate(context(), given))).toMatchObject({ code, operation: 'Decapsulate' });
  });
});
