import {
  asymmetricEncryptionContract,
  keyAgreementContract,
  keyEncapsulationContract,
  macContract,
  materialFactoryContract,
  secretSourceContract,
  secretWrappingContract,
} from '@keywarden/crypto/testing';
import { type KeySpec, type KmsKey } from '@keywarden/keys';
import { NodeAsymmetricEncryption } from './node-asymmetric-encryption';
import { NodeKeyAgreement } from './node-key-agreement';
import { NodeKeyEncapsulation } from './node-key-encapsulation';
import { NodeMacGeneration } from './node-mac-generation';
import { NodeSecretSource } from './node-secret-source';
import { NodeSecretWrapping } from './node-secret-wrapping';
import { CryptoStack } from './testing/a-crypto-stack';

const stack = new CryptoStack();
const makeKey = (spec: KeySpec): Promise<KmsKey> => stack.makeKey(spec);
afterAll(() => stack.slow.close());

asymmetricEncryptionContract(() =>
  Promise.resolve({ port: new NodeAsymmetricEncryption(stack.access, stack.slow), makeKey }),
);
macContract(() => Promise.resolve({ port: new NodeMacGeneration(stack.access), makeKey }));
keyAgreementContract(() => Promise.resolve({ port: new NodeKeyAgreement(stack.access, stack.slow), makeKey }));
keyEncapsulationContract(() => Promise.resolve({ port: new NodeKeyEncapsulation(stack.access), makeKey }));
materialFactoryContract(() => Promise.resolve(stack.factory));
secretWrappingContract(() => Promise.resolve(new NodeSecretWrapping(stack.domainKeys)));
secretSourceContract(() => new NodeSecretSource());
