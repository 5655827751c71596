import { type JWK, type JWTVerifyGetKey, createLocalJWKSet } from 'jose';

const maxKeys = 100;
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/**
 * Finds the key a token names. Keys that are symmetric, or published with their private half, are left out, as are RSA
 * keys above 8,192 bits or with an exponent above 32 bits, which only cost time. Two keys of one id are ambiguous: none is used.
 *
 * @throws Error unless `document` is a JWK set of at most 100 keys
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
export function publicKeys(document: unknown): JWTVerifyGetKey {
  const keys: unknown = typeof document === 'object' && document !== null && 'keys' in document && document.keys;
  if (!Array.isArray(keys)) throw new Error('not a JWK set');
  if (keys.length > maxKeys) throw new Error('a JWK set of too many keys');
  return createLocalJWKSet({ keys: keys.filter(isPublicKey) });
}

/** Whether this is a public key of bearable size. */
export function isPublicKey(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null || Array.isArray(key) || !('kty' in key)) return false;
  if (secretMembers.some((member) => Object.hasOwn(key, member))) return false;
  if (key.kty === 'EC' || key.kty === 'OKP') return true;
  return key.kty === 'RSA' && 'n' in key && 'e' in key && within(key.n, 1_366) && within(key.e, 6);
}

function within(member: unknown, characters: number): boolean {
  return typeof member === 'string' && member.length <= characters;
}
