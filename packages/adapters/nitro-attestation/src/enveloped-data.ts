import { type KeyObject, constants, createCipheriv, createHash, publicEncrypt, randomBytes } from 'node:crypto';
import type { SecretBytes } from '@keywarden/kernel';
import { der, indefinite, octetString } from './ber-writer';

const oids = {
  envelopedData: '2a864886f70d010703',
  data: '2a864886f70d010701',
  rsaesOaep: '2a864886f70d010107',
  mgf1: '2a864886f70d010108',
  sha256: '608648016503040201',
  aes256Cbc: '60864801650304012a',
} as const;

const tags = { integer: 2, null: 5, oid: 6, sequence: 0x30, set: 0x31, keyIdentifier: 0x80, first: 0xa0, second: 0xa1 };

/** Of EnvelopedData with a version 2 recipient, and of KeyTransRecipientInfo with a subject key identifier. */
const version = der(tags.integer, Buffer.of(2));
const sha256 = der(tags.sequence, oid(oids.sha256), der(tags.null));
const mgf1WithSha256 = der(tags.sequence, oid(oids.mgf1), sha256);
const oaepParameters = der(tags.sequence, der(tags.first, sha256), der(tags.second, mgf1WithSha256));
const keyEncryptionAlgorithm = der(tags.sequence, oid(oids.rsaesOaep), oaepParameters);

/**
 * CMS EnvelopedData for one RSA key: a fresh AES-256-CBC key under RSAES-OAEP with SHA-256, and the secret under it.
 *
 * Written in BER with the definite and indefinite lengths AWS KMS uses: the AWS Nitro Enclaves SDK for C reads that
 * layout and no other. The recipient is named by the SHA-256 hash of its SubjectPublicKeyInfo.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5652.html#section-6
 * @see https://www.rfc-editor.org/rfc/rfc7093.html#section-2
 */
export function envelopedData(recipient: KeyObject, secret: SecretBytes): Uint8Array {
  const contentKey = randomBytes(32);
  try {
    const iv = randomBytes(16);
    const encryptedContent = encryptContent(contentKey, iv, secret);
    const encryptedKey = publicEncrypt(
      { key: recipient, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      contentKey,
    );
    const recipientInfo = der(
      tags.sequence,
      version,
      der(tags.keyIdentifier, keyIdentifier(recipient)),
      keyEncryptionAlgorithm,
      octetString(encryptedKey),
    );
    const encryptedContentInfo = indefinite(
      tags.sequence,
      oid(oids.data),
      der(tags.sequence, oid(oids.aes256Cbc), octetString(iv)),
      indefinite(tags.first, octetString(encryptedContent)),
    );
    const enveloped = indefinite(tags.sequence, version, der(tags.set, recipientInfo), encryptedContentInfo);
    return indefinite(tags.sequence, oid(oids.envelopedData), indefinite(tags.first, enveloped));
  } finally {
    contentKey.fill(0);
  }
}

/** PKCS #7 padding, as CMS wants it for block ciphers. */
function encryptContent(key: Uint8Array, iv: Uint8Array, secret: SecretBytes): Uint8Array {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return secret.expose((bytes) => Buffer.concat([cipher.update(bytes), cipher.final()]));
}

function keyIdentifier(recipient: KeyObject): Uint8Array {
  return createHash('sha256')
    .update(recipient.export({ format: 'der', type: 'spki' }))
    .digest();
}

function oid(hex: string): Uint8Array {
  return der(tags.oid, Buffer.from(hex, 'hex'));
}
