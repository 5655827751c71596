import type { AuthorisedUse } from '@keywarden/authorization';
import {
  type BlobNames,
  type CiphertextBlob,
  type CiphertextRefused,
  type DecryptAction,
  type EncryptAction,
  type EncryptionContext,
  type SymmetricEncryption,
  canonicalContext,
  injectiveBytes,
  innerBlob,
  storeBlob,
  storeBlobHead,
  storeParts,
} from '@keywarden/crypto';
import type { KeyInStore, KeyStoreBackend, KeyStoreFailed, StoreCall, StoreInUse } from '@keywarden/custom-key-stores';
import { type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type KmsKey, arnOf } from '@keywarden/keys';
import type { StoresInUse } from './stores-in-use';

const refused = refuse({ code: 'CiphertextRefused' } as const);
const notConnected: Result<never, KeyStoreFailed> = refuse({ code: 'KeyStoreFailed', cause: 'NotConnected' });
const noMetadata = new Uint8Array(0);

interface KeyAtStore {
  readonly use: StoreInUse;
  readonly backend: KeyStoreBackend;
  readonly key: KeyInStore;
  readonly call: StoreCall;
}

/**
 * Symmetric encryption wherever the material of a key is. Keys of KMS itself are encrypted with as ever. A key in a
 * token encrypts there. With an external key everything is encrypted twice: inside with material that KMS holds for this
 * key alone, outside by the external key manager, which therefore never sees a plaintext.
 */
export class StoreEncryption implements SymmetricEncryption {
  constructor(
    private readonly standard: SymmetricEncryption,
    private readonly stores: StoresInUse,
  ) {}

  encrypt(
    use: AuthorisedUse<EncryptAction>,
    plaintext: SecretBytes,
    context: EncryptionContext,
  ): Promise<Result<Uint8Array, KeyStoreFailed>> {
    return use.key.keyStore === undefined
      ? this.standard.encrypt(use, plaintext, context)
      : this.#encrypt(use, plaintext, context);
  }

  decrypt(
    use: AuthorisedUse<DecryptAction>,
    blob: CiphertextBlob,
    context: EncryptionContext,
  ): Promise<Result<SecretBytes, CiphertextRefused | KeyStoreFailed>> {
    const parts = storeParts(blob.bytes);
    if (use.key.keyStore !== undefined) return this.#decrypt(use, blob, parts, context);
    return parts === undefined ? this.standard.decrypt(use, blob, context) : Promise.resolve(refused);
  }

  async #encrypt(
    use: AuthorisedUse<EncryptAction>,
    plaintext: SecretBytes,
    context: EncryptionContext,
  ): Promise<Result<Uint8Array, KeyStoreFailed>> {
    const { key } = use;
    const at = await this.#at(use, key);
    if (at === undefined) return notConnected;
    const { currentMaterialId: materialId } = key;
    if (materialId === undefined) throw new Error(`key ${key.id} in a custom key store has no material`);
    const names = { keyId: key.id, materialId };
    if (key.origin === 'AWS_CLOUDHSM') return seal(at, names, plaintext, context);
    const inner = await this.standard.encrypt(use, plaintext, context);
    return inner.ok ? seal(at, names, SecretBytes.adopt(inner.value), context) : inner;
  }

  async #decrypt(
    use: AuthorisedUse<DecryptAction>,
    blob: CiphertextBlob,
    parts: ReturnType<typeof storeParts>,
    context: EncryptionContext,
  ): Promise<Result<SecretBytes, CiphertextRefused | KeyStoreFailed>> {
    const { key } = use;
    if (parts === undefined || blob.keyId !== key.id || blob.materialId !== key.currentMaterialId) return refused;
    const at = await this.#at(use, key);
    if (at === undefined) return notConnected;
    const opened = await at.backend.decrypt(at.use, at.key, parts, boundTo(blob, context), at.call);
    if (!opened.ok || key.origin === 'AWS_CLOUDHSM') return opened;
    using outer = opened.value;
    const inner = innerBlob(outer);
    const decrypted = inner?.keyId === key.id ? await this.standard.decrypt(use, inner, context) : refused;
    // The external key manager gave back something else than what it was given to encrypt.
    return decrypted.ok ? decrypted : refuse({ code: 'KeyStoreFailed', cause: 'WrongResult' });
  }

  /** @returns undefined when the store is not connected */
  async #at(use: AuthorisedUse<EncryptAction | DecryptAction>, key: KmsKey): Promise<KeyAtStore | undefined> {
    const { keyStore } = key;
    const { account, region } = key;
    const found = keyStore && (await this.stores.find({ account, region, id: keyStore.id }));
    if (found?.store.connection.state !== 'CONNECTED') return undefined;
    return {
      use: found,
      backend: this.stores.backends[found.store.backing.type],
      key: keyInStore(key),
      call: { requestId: use.requestId ?? '', operation: operationOf(use.action), caller: use.caller.arn },
    };
  }
}

export function keyInStore(key: Pick<KmsKey, 'account' | 'region' | 'id' | 'keyStore'>): KeyInStore {
  const externalId = key.keyStore?.xksKeyId;
  return { keyId: key.id, keyArn: arnOf(key), ...(externalId !== undefined && { externalId }) };
}

async function seal(
  { use, backend, key, call }: KeyAtStore,
  names: BlobNames,
  plaintext: SecretBytes,
  context: EncryptionContext,
): Promise<Result<Uint8Array, KeyStoreFailed>> {
  const sealed = await backend.encrypt(use, key, plaintext, boundTo(names, context), call);
  if (!sealed.ok) return sealed;
  return accept(storeBlob(names, { ...sealed.value, metadata: sealed.value.metadata ?? noMetadata }));
}

/** Everything a store-backed ciphertext belongs to: suite, key, material and encryption context. */
function boundTo(names: BlobNames, context: EncryptionContext): Uint8Array {
  return injectiveBytes('keywarden/store-blob/v1', [storeBlobHead(names), canonicalContext(context)]);
}

/** `kms:ReEncryptTo` is one half of ReEncrypt. */
function operationOf(action: string): string {
  const operation = action.slice('kms:'.length);
  return operation.startsWith('ReEncrypt') ? 'ReEncrypt' : operation;
}
