import { type KeyObject, createCipheriv, randomBytes } from 'node:crypto';
import { type Wrapping, oaep } from './import-material';

/** AES key wrap with padding, RFC 5649, by Node's own cipher. */
function wrapWithPadding(key: Buffer, material: Buffer): Buffer {
  const cipher = createCipheriv('id-aes256-wrap-pad', key, Buffer.from('a65959a6', 'hex'));
  return Buffer.concat([cipher.update(material), cipher.final()]);
}

/** PKCS #11 CKM_RSA_AES_KEY_WRAP: an AES key under RSA-OAEP, and the material under the AES key. */
export function rsaAesKeyWrap(hash: 'sha1' | 'sha256', keySpec: Wrapping['keySpec'] = 'RSA_2048'): Wrapping {
  const wrap = (key: KeyObject, material: Buffer): Buffer => {
    const once = randomBytes(32);
    return Buffer.concat([oaep(hash)(key, once), wrapWithPadding(once, material)]);
  };
  return { algorithm: hash === 'sha1' ? 'RSA_AES_KEY_WRAP_SHA_1' : 'RSA_AES_KEY_WRAP_SHA_256', keySpec, wrap };
}
