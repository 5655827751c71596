import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { SecretBytes } from '@keywarden/kernel';
import { accepted } from '@keywarden/kernel/testing';
import { NodeAsymmetricEncryption } from './node-asymmetric-encryption';
import { CryptoStack } from './testing/a-crypto-stack';

it('encrypts to the wrapped key, whatever public key is stored beside it', async () => {
  const stack = new CryptoStack();
  const [key, attacker] = [await stack.makeKey('RSA_2048'), await stack.makeKey('RSA_2048')];
  const replaced = { ...key.materials[0]!, publicKey: attacker.materials[0]!.publicKey! };
  const tampered = { ...key, materials: [replaced] };
  const encryption = new NodeAsymmetricEncryption(stack.access, stack.slow);
  const algorithm = 'RSAES_OAEP_SHA_256';
  const plaintext = SecretBytes.copyOf(Uint8Array.of(1, 2, 3));
  const ciphertext = await encryption.encrypt(anAuthorisedUse('kms:Encrypt', tampered), algorithm, plaintext);
  const decrypt = (under: typeof key): ReturnType<typeof encryption.decrypt> =>
    encryption.decrypt(anAuthorisedUse('kms:Decrypt', under), algorithm, ciphertext);
  expect(accepted(await decrypt(key)).expose((bytes) => [...bytes])).toEqual([1, 2, 3]);
  expect((await decrypt(attacker)).ok).toBe(false);
});
