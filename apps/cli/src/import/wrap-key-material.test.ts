import { constants, createDecipheriv, generateKeyPairSync, privateDecrypt, randomBytes } from 'node:crypto';
import { type WrappingAlgorithm, wrapKeyMaterial, wrappingAlgorithms } from './wrap-key-material';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = publicKey.export({ format: 'der', type: 'spki' });
const hashOf = (algorithm: WrappingAlgorithm): string => (algorithm.endsWith('256') ? 'sha256' : 'sha1');

/** What the service does with it. */
function unwrapped(algorithm: WrappingAlgorithm, wrapped: Buffer): Buffer {
  const oaep = (bytes: Buffer): Buffer =>
    privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hashOf(algorithm) }, bytes);
  if (algorithm.startsWith('RSAES')) return oaep(wrapped);
  const decipher = createDecipheriv(
    'id-aes256-wrap-pad',
    oaep(wrapped.subarray(0, 256)),
    Buffer.from('A65959A6', 'hex'),
  );
  return Buffer.concat([decipher.update(wrapped.subarray(256)), decipher.final()]);
}

it.each(wrappingAlgorithms)('%s is undone by the private key alone, and never gives the same twice', (algorithm) => {
  const material = randomBytes(32);
  const [one, other] = [1, 2].map(() => wrapKeyMaterial(algorithm, spki, material)) as [Buffer, Buffer];
  expect(unwrapped(algorithm, one)).toEqual(material);
  expect(one.equals(other)).toBe(false);
});

it('wraps what is too long for RSA-OAEP under a key that is used once', () => {
  const material = randomBytes(1_219);
  expect(unwrapped('RSA_AES_KEY_WRAP_SHA_256', wrapKeyMaterial('RSA_AES_KEY_WRAP_SHA_256', spki, material))).toEqual(
    material,
  );
  expect(() => wrapKeyMaterial('RSAES_OAEP_SHA_256', spki, material)).toThrow();
});
