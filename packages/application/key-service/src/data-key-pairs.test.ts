import { arnOf, keySpecs, type KeySpec } from '@keywarden/keys';
import { accepted, refused } from '@keywarden/kernel/testing';
import { DataKeyPairHandlers, type GenerateDataKeyPair } from './data-key-pairs';
import { describeDoor, describeUnusable } from './testing/door-refusals';
import { fakePairs, fakeSymmetric } from './testing/fake-cryptography';
import { shown } from './testing/fake-materials';
import { type OperationSuite, aKeyOf, operationSuite } from './testing/operation-suite';

const key = aKeyOf('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT');
const offers = (spec: KeySpec) => spec !== 'SM2';
const command = (changes: Partial<GenerateDataKeyPair> = {}): GenerateDataKeyPair => ({
  keyId: key.id,
  keyPairSpec: 'ECC_NIST_P256',
  encryptionContext: { project: 'north' },
  ...changes,
});
const handlersOf = ({ door }: OperationSuite) => new DataKeyPairHandlers(door, fakeSymmetric, fakePairs, offers);
const specs = Object.entries(keySpecs).filter(([spec, { dataKeyPair }]) => dataKeyPair && spec !== 'SM2');

describe('GenerateDataKeyPair', () => {
  const call: Parameters<typeof describeDoor>[2] = (suite, keyId, stranger) =>
    handlersOf(suite).generateDataKeyPair(stranger === true ? suite.stranger() : suite.context(), command({ keyId }));
  describeDoor(key, 'resolved', call);
  describeUnusable(key, call);

  it.each(specs.map(([spec]) => spec))('makes a pair of spec %s', async (spec) => {
    const suite = operationSuite(key);
    const keyPairSpec = spec as GenerateDataKeyPair['keyPairSpec'];
    const made = accepted(await handlersOf(suite).generateDataKeyPair(suite.context(), command({ keyPairSpec })));
    expect(made).toMatchObject({ keyId: arnOf(key), keyPairSpec, keyMaterialId: key.currentMaterialId });
    expect(shown(made.privateKeyPlaintext)).toBe(`private ${spec}`);
  });

  it('binds the private key to the encryption context', async () => {
    const suite = operationSuite(key);
    const made = accepted(await handlersOf(suite).generateDataKeyPair(suite.context(), command()));
    expect(JSON.parse(Buffer.from(made.privateKeyCiphertextBlob).toString())).toEqual({
      id: key.id,
      material: key.currentMaterialId,
      text: 'private ECC_NIST_P256',
      context: { project: 'north' },
    });
    const encryptionContext = { project: 'north' };
    expect(suite.asked[0]?.facts).toEqual({
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      encryptionContext,
      dataKeyPairSpec: 'ECC_NIST_P256',
    });
  });

  it('refuses a recipient, a spec that is not offered, and an asymmetric KMS key', async () => {
    const suite = operationSuite(key);
    const generate = (given: GenerateDataKeyPair) => handlersOf(suite).generateDataKeyPair(suite.context(), given);
    expect(refused(await generate(command({ recipient: {} })))).toEqual({ code: 'RecipientNotSupported' });
    const sm2 = { code: 'KeySpecNotOffered', spec: 'SM2' };
    expect(refused(await generate(command({ keyPairSpec: 'SM2' })))).toEqual(sm2);
    const rsa = operationSuite(aKeyOf('RSA_2048', 'ENCRYPT_DECRYPT'));
    const refusal = refused(await handlersOf(rsa).generateDataKeyPair(rsa.context(), command()));
    expect(refusal).toEqual({ code: 'DataKeyUnderAsymmetricKey' });
  });

  it('refuses keys of custom key stores', async () => {
    const suite = operationSuite({ ...key, origin: 'EXTERNAL_KEY_STORE' });
    const refusal = refused(await handlersOf(suite).generateDataKeyPair(suite.context(), command()));
    expect(refusal).toEqual({ code: 'OriginNotValid', keyArn: arnOf(key), origin: 'EXTERNAL_KEY_STORE' });
  });

  it('answers a dry run without a pair', async () => {
    const suite = operationSuite(key);
    const refusal = refused(await handlersOf(suite).generateDataKeyPair(suite.context(), command({ dryRun: true })));
    expect(refusal).toEqual({ code: 'DryRunSucceeded' });
  });
});

describe('GenerateDataKeyPairWithoutPlaintext', () => {
  it('answers everything but the private key', async () => {
    const suite = operationSuite(key);
    const made = accepted(await handlersOf(suite).generateDataKeyPairWithoutPlaintext(suite.context(), command()));
    expect(Object.keys(made).sort()).toEqual([
      'keyId',
      'keyMaterialId',
      'keyPairSpec',
      'privateKeyCiphertextBlob',
      'publicKey',
    ]);
    expect(suite.asked[0]?.action).toBe('kms:GenerateDataKeyPairWithoutPlaintext');
  });
});
