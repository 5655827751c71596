import { type KeyObject, createDecipheriv, createPrivateKey, createSecretKey } from 'node:crypto';
import {
  type CiphertextRefused,
  type DataKeyPairSource,
  type EncryptedMaterialSizeWrong,
  type ImportParameters,
  type ImportWrapping,
  type MaterialOwner,
  type OpenedImport,
  type WrappingAlgorithm,
  type WrappingKeySpec,
  importTokenBinding,
} from '@keywarden/crypto';
import { type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { DomainKeys } from './domain-keys';
import { type OaepHash, decryptOaep } from './rsa-oaep';
import type { SlowWork } from './slow-work';

/**
 * What an import token holds, sealed under the domain key: version, algorithm, end of validity in milliseconds, PKCS#8
 * of the private wrapping key.
 */
const tokenVersion = 1;
const headerBytes = 10;
const algorithms: readonly WrappingAlgorithm[] = [
  'RSAES_OAEP_SHA_1',
  'RSAES_OAEP_SHA_256',
  'RSA_AES_KEY_WRAP_SHA_1',
  'RSA_AES_KEY_WRAP_SHA_256',
];
const modes: { readonly [A in WrappingAlgorithm]: { readonly hash: OaepHash; readonly keyWrap: boolean } } = {
  RSAES_OAEP_SHA_1: { hash: 'sha1', keyWrap: false },
  RSAES_OAEP_SHA_256: { hash: 'sha256', keyWrap: false },
  RSA_AES_KEY_WRAP_SHA_1: { hash: 'sha1', keyWrap: true },
  RSA_AES_KEY_WRAP_SHA_256: { hash: 'sha256', keyWrap: true },
};
const refused = refuse({ code: 'CiphertextRefused' } as const);

/** RSA-OAEP, alone or around an AES-256 key that wraps the material (RFC 5649). */
export class NodeImportWrapping implements ImportWrapping {
  readonly #domainKeys: DomainKeys;
  readonly #pairs: DataKeyPairSource;
  readonly #slow: SlowWork;

  constructor(domainKeys: DomainKeys, pairs: DataKeyPairSource, slow: SlowWork) {
    this.#domainKeys = domainKeys;
    this.#pairs = pairs;
    this.#slow = slow;
  }

  async issue(
    owner: MaterialOwner,
    spec: WrappingKeySpec,
    parameters: ImportParameters,
  ): Promise<{ publicKey: Uint8Array; importToken: Uint8Array }> {
    const { privateKey, publicKey } = await this.#pairs.take(spec);
    using _pair = privateKey;
    using content = privateKey.expose((pkcs8) => writeToken(parameters, pkcs8));
    const importToken = await this.#domainKeys.seal(owner, importTokenBinding(owner), content);
    return { publicKey, importToken };
  }

  async open(owner: MaterialOwner, importToken: Uint8Array): Promise<OpenedImport | undefined> {
    using content = await this.#domainKeys.open(owner, importTokenBinding(owner), importToken);
    const token = content?.expose(readToken);
    if (token === undefined) return undefined;
    const { algorithm, validTo, privateKey } = token;
    return { algorithm, validTo, unwrap: (encrypted) => this.#unwrap(privateKey, algorithm, encrypted) };
  }

  async #unwrap(
    privateKey: KeyObject,
    algorithm: WrappingAlgorithm,
    encrypted: Uint8Array,
  ): Promise<Result<SecretBytes, CiphertextRefused | EncryptedMaterialSizeWrong>> {
    const { hash, keyWrap } = modes[algorithm];
    const modulusBytes = (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
    const isRightLength = keyWrap ? encrypted.length > modulusBytes : encrypted.length === modulusBytes;
    if (!isRightLength) return refuse({ code: 'EncryptedMaterialSizeWrong' });
    const opened = await this.#slow.threadPool.run(() =>
      decryptOaep(privateKey, hash, encrypted.subarray(0, modulusBytes)),
    );
    if (opened === undefined) return refused;
    if (!keyWrap) return accept(opened);
    using ephemeral = opened;
    const material = unwrapKeyWithPadding(ephemeral, encrypted.subarray(modulusBytes));
    return material === undefined ? refused : accept(material);
  }
}

/**
 * AES-256 key unwrap with padding (RFC 5649 section 4.2).
 *
 * @returns undefined unless the whole is intact
 */
export function unwrapKeyWithPadding(key: SecretBytes, wrapped: Uint8Array): SecretBytes | undefined {
  if (wrapped.length < 16 || wrapped.length % 8 !== 0) return undefined;
  const initialValue = Buffer.from('a65959a6', 'hex');
  try {
    // The cipher takes 32 bytes and nothing else: a shorter ephemeral key is refused here.
    const kek = key.expose((bytes) => createSecretKey(bytes));
    const decipher = createDecipheriv('id-aes256-wrap-pad', kek, initialValue);
    const material = decipher.update(wrapped);
    decipher.final();
    return material.length === 0 ? undefined : SecretBytes.adopt(material);
  } catch {
    return undefined;
  }
}

function writeToken({ algorithm, validTo }: ImportParameters, pkcs8: Uint8Array): SecretBytes {
  const bytes = new Uint8Array(headerBytes + pkcs8.length);
  bytes[0] = tokenVersion;
  bytes[1] = algorithms.indexOf(algorithm);
  new DataView(bytes.buffer).setFloat64(2, validTo);
  bytes.set(pkcs8, headerBytes);
  return SecretBytes.adopt(bytes);
}

function readToken(bytes: Uint8Array): (ImportParameters & { privateKey: KeyObject }) | undefined {
  const algorithm = algorithms[bytes[1] ?? algorithms.length];
  if (bytes[0] !== tokenVersion || algorithm === undefined) return undefined;
  const validTo = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(2);
  const der = Buffer.from(bytes.subarray(headerBytes));
  try {
    return { algorithm, validTo, privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) };
  } finally {
    der.fill(0);
  }
}
