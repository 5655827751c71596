import {
  type KeyObject,
  constants,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import {
  type AlgorithmSpec,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  type ImportKeyMaterialCommandInput,
  type KMSClient,
  type KeySpec,
  type WrappingKeySpec,
} from '@aws-sdk/client-kms';

const hmacBytes: Readonly<Partial<Record<KeySpec, number>>> = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
};
const curves: Readonly<Partial<Record<KeySpec, string>>> = {
  ECC_NIST_P256: 'P-256',
  ECC_NIST_P384: 'P-384',
  ECC_NIST_P521: 'P-521',
  ECC_SECG_P256K1: 'secp256k1',
};

/** A private key that a customer makes: none of ours. */
export function aPrivateKey(spec: KeySpec): KeyObject {
  const namedCurve = curves[spec];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve }).privateKey;
  if (spec === 'ECC_NIST_EDWARDS25519') return generateKeyPairSync('ed25519').privateKey;
  return generateKeyPairSync('rsa', { modulusLength: Number(spec.slice('RSA_'.length)) }).privateKey;
}

/** Key material of a spec in the form of an import: raw bytes, or PKCS#8 for private keys. */
export function someMaterial(spec: KeySpec = 'SYMMETRIC_DEFAULT'): Buffer {
  const length = hmacBytes[spec];
  return length === undefined ? aPrivateKey(spec).export({ format: 'der', type: 'pkcs8' }) : randomBytes(length);
}

export interface Wrapping {
  readonly algorithm?: AlgorithmSpec;
  readonly keySpec?: WrappingKeySpec;
  /** Turns material into what is sent; RSA-OAEP with SHA-256 when absent. */
  readonly wrap?: (key: KeyObject, material: Buffer) => Buffer | Promise<Buffer>;
}

export const oaep =
  (oaepHash: 'sha1' | 'sha256') =>
  (key: KeyObject, material: Buffer): Buffer =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, material);

/** What an import of the material sends, with a fresh token and no expiry. */
export async function importOf(
  client: KMSClient,
  KeyId: string,
  material: Buffer,
  { algorithm = 'RSAES_OAEP_SHA_256', keySpec = 'RSA_2048', wrap = oaep('sha256') }: Wrapping = {},
): Promise<ImportKeyMaterialCommandInput> {
  const parameters = new GetParametersForImportCommand({
    KeyId,
    WrappingAlgorithm: algorithm,
    WrappingKeySpec: keySpec,
  });
  const { PublicKey, ImportToken } = await client.send(parameters);
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  const EncryptedKeyMaterial = await wrap(key, material);
  return { KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' };
}

/** Imports material, without expiry unless told. */
export async function imports(
  client: KMSClient,
  KeyId: string,
  material: Buffer,
  more: Partial<ImportKeyMaterialCommandInput> = {},
  wrapping: Wrapping = {},
) {
  return client.send(new ImportKeyMaterialCommand({ ...(await importOf(client, KeyId, material, wrapping)), ...more }));
}
