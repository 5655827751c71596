import {
  DescribeKeyCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  type ImportType,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { type KeySpec, isKeySpec, specOf } from '@keywarden/keys';
import { StartupError, startupStep } from '@keywarden/runtime';
import { CommandRefused } from '../command-refused';
import { type WrappingAlgorithm, wrapKeyMaterial } from './wrap-key-material';

export interface ImportWishes {
  readonly keyId: string;
  readonly wrappingAlgorithm?: WrappingAlgorithm;
  readonly wrappingKeySpec: 'RSA_2048' | 'RSA_3072' | 'RSA_4096';
  /** Absent: the material does not expire. */
  readonly validTo?: Date;
  readonly importType?: ImportType;
  readonly description?: string;
  readonly keyMaterialId?: string;
}

export interface Imported {
  readonly keyArn: string;
  readonly keyMaterialId?: string;
  readonly keyState: string;
  readonly wrappingAlgorithm: WrappingAlgorithm;
  readonly validTo?: string;
}

/**
 * Imports key material over the API: asks what to wrap it under, wraps it and sends it.
 *
 * @param read gives the material in the form of the spec; it is overwritten afterwards
 * @throws CommandRefused with the refusal of the service in one line
 */
export async function importKeyMaterial(
  client: KMSClient,
  wishes: ImportWishes,
  read: (spec: KeySpec) => Promise<Buffer>,
): Promise<Imported> {
  const { keyArn, spec } = await describedKey(client, wishes.keyId);
  const asymmetric = specOf(spec).family === 'asymmetric';
  const algorithm = wishes.wrappingAlgorithm ?? (asymmetric ? 'RSA_AES_KEY_WRAP_SHA_256' : 'RSAES_OAEP_SHA_256');
  const material = await read(spec);
  try {
    const { PublicKey, ImportToken } = await asked('GetParametersForImport', () =>
      client.send(
        new GetParametersForImportCommand({
          KeyId: keyArn,
          WrappingAlgorithm: algorithm,
          WrappingKeySpec: wishes.wrappingKeySpec,
        }),
      ),
    );
    if (PublicKey === undefined) throw new CommandRefused('the service gave no wrapping key');
    const wrapped = await startupStep('the key material cannot be wrapped', async () =>
      wrapKeyMaterial(algorithm, PublicKey, material),
    );
    const { KeyMaterialId } = await asked('ImportKeyMaterial', () =>
      client.send(
        new ImportKeyMaterialCommand({
          KeyId: keyArn,
          ImportToken,
          EncryptedKeyMaterial: wrapped,
          ...(wishes.validTo === undefined
            ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
            : { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: wishes.validTo }),
          ...(wishes.importType !== undefined && { ImportType: wishes.importType }),
          ...(wishes.description !== undefined && { KeyMaterialDescription: wishes.description }),
          ...(wishes.keyMaterialId !== undefined && { KeyMaterialId: wishes.keyMaterialId }),
        }),
      ),
    );
    const { keyState } = await describedKey(client, keyArn);
    return {
      keyArn,
      ...(KeyMaterialId !== undefined && { keyMaterialId: KeyMaterialId }),
      keyState,
      wrappingAlgorithm: algorithm,
      ...(wishes.validTo !== undefined && { validTo: wishes.validTo.toISOString() }),
    };
  } finally {
    material.fill(0);
  }
}

async function describedKey(
  client: KMSClient,
  keyId: string,
): Promise<{ readonly keyArn: string; readonly spec: KeySpec; readonly keyState: string }> {
  const { KeyMetadata } = await asked('DescribeKey', () => client.send(new DescribeKeyCommand({ KeyId: keyId })));
  const { Arn, KeySpec: spec = '', Origin, KeyState = 'unknown' } = KeyMetadata ?? {};
  if (Arn === undefined || !isKeySpec(spec))
    throw new CommandRefused('the service describes no key that is known here');
  if (Origin !== 'EXTERNAL')
    throw new CommandRefused(`the origin of ${Arn} is ${Origin}; only EXTERNAL keys take imports`);
  return { keyArn: Arn, spec, keyState: KeyState };
}

/** Names of errors are part of what the service says; causes on the way to it are not the service's. */
async function asked<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    const { name, message } = thrown as Error;
    if (/Exception$/.test(name)) throw new CommandRefused(`${operation} was refused: ${name}: ${message}`);
    throw new StartupError(`${operation} failed: ${message || name}`, { cause: thrown });
  }
}
