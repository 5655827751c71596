import type { ExternalCiphertext, ExternalKeyEncryption } from '@keywarden/crypto';
import type { AuthorisedUse, KmsAction } from '@keywarden/authorization';
import { type Result, type SecretBytes, accept, keyArn, refuse } from '@keywarden/kernel';
import { type KeyOperation, stateAt } from '@keywarden/keys';
import type { KeyDoor, KeyDoorRefusal, RequestContext } from '@keywarden/key-service';
import { type XksStore, externalKeyOf } from './xks-store';

/** One refusal for each error the API knows. */
export type ExternalKeyRefusal =
  | { readonly code: 'ExternalKeyUnknown' }
  | { readonly code: 'ExternalKeyDenied' }
  | { readonly code: 'ExternalKeyUnavailable' }
  | { readonly code: 'ExternalKeyUnsuitable' }
  | { readonly code: 'ExternalCiphertextRefused' };

export interface ExternalKeyMetadata {
  readonly keySpec: string;
  readonly keyUsage: readonly string[];
  readonly keyStatus: 'ENABLED' | 'DISABLED';
}

const unknown = refuse({ code: 'ExternalKeyUnknown' } as const);

/** KMS keys as a KMS elsewhere uses them: named by the store, opened by the door every other use goes through. */
export class ExternalKeys {
  constructor(
    private readonly door: KeyDoor,
    private readonly encryption: ExternalKeyEncryption,
  ) {}

  async metadata(
    context: RequestContext,
    store: XksStore,
    externalKeyId: string,
  ): Promise<Result<ExternalKeyMetadata, ExternalKeyRefusal>> {
    const opened = await this.#open(context, store, externalKeyId, 'DescribeKey', 'kms:DescribeKey');
    if (!opened.ok) return opened;
    const { key } = opened.value;
    const symmetric = key.spec === 'SYMMETRIC_DEFAULT';
    return accept({
      keySpec: symmetric ? 'AES_256' : key.spec,
      keyUsage: symmetric ? ['ENCRYPT', 'DECRYPT'] : [],
      keyStatus: stateAt(key, context.now)?.kind === 'Enabled' ? 'ENABLED' : 'DISABLED',
    });
  }

  async encrypt(
    context: RequestContext,
    store: XksStore,
    externalKeyId: string,
    plaintext: SecretBytes,
    aad: Uint8Array,
  ): Promise<Result<ExternalCiphertext, ExternalKeyRefusal>> {
    const opened = await this.#open(context, store, externalKeyId, 'Encrypt', 'kms:Encrypt');
    if (!opened.ok) return opened;
    if (!isSuitable(opened.value)) return refuse({ code: 'ExternalKeyUnsuitable' });
    return accept(await this.encryption.encrypt(opened.value, plaintext, aad));
  }

  async decrypt(
    context: RequestContext,
    store: XksStore,
    externalKeyId: string,
    sealed: ExternalCiphertext,
    aad: Uint8Array,
  ): Promise<Result<SecretBytes, ExternalKeyRefusal>> {
    const opened = await this.#open(context, store, externalKeyId, 'Decrypt', 'kms:Decrypt');
    if (!opened.ok) return opened;
    if (!isSuitable(opened.value)) return refuse({ code: 'ExternalKeyUnsuitable' });
    const plaintext = await this.encryption.decrypt(opened.value, sealed, aad);
    return plaintext.ok ? plaintext : refuse({ code: 'ExternalCiphertextRefused' });
  }

  async #open<A extends KmsAction>(
    context: RequestContext,
    store: XksStore,
    externalKeyId: string,
    operation: KeyOperation,
    action: A,
  ): Promise<Result<AuthorisedUse<A>, ExternalKeyRefusal>> {
    const external = externalKeyOf(store, externalKeyId);
    if (external === undefined) return unknown;
    const given = keyArn(store, external.keyId);
    const opened = await this.door.open(context, {
      given,
      operation,
      action,
      aliases: 'refused',
      facts: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
    });
    return opened.ok ? opened : refuse(refusalOf(opened.refusal));
  }
}

function isSuitable({ key }: AuthorisedUse<KmsAction>): boolean {
  return key.spec === 'SYMMETRIC_DEFAULT' && key.usage === 'ENCRYPT_DECRYPT';
}

function refusalOf({ code }: KeyDoorRefusal): ExternalKeyRefusal {
  if (code === 'AccessDenied') return { code: 'ExternalKeyDenied' };
  if (code === 'KeyDisabled' || code === 'KeyInState') return { code: 'ExternalKeyUnavailable' };
  return { code: 'ExternalKeyUnknown' };
}
