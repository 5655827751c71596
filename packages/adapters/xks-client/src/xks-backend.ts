import { createHash } from 'node:crypto';
import {
  type ConnectionErrorCode,
  type HealthReport,
  type KeyInStore,
  type KeyStoreBackend,
  type KeyStoreFailed,
  type ProxyHealth,
  type StoreCall,
  type StoreFailureCause,
  type StoreInUse,
  type StoreKeyRefusal,
  type StoreSealed,
  type StoreSettingsRefusal,
  type XksBacking,
  noManagers,
} from '@keywarden/custom-key-stores';
import {
  type Clock,
  type CustomKeyStoreId,
  type Instant,
  type Result,
  type SecretBytes,
  accept,
  refuse,
} from '@keywarden/kernel';
import { type XksAnswer, integrityValueMatches, isExternalKeyId, xksLimits } from '@keywarden/xks-protocol';
import { connectionErrors } from './connection-errors';
import { ProxyClient, metadataOf } from './proxy-client';
import { ProxyPlaces, type ProxySettings, samePlace } from './proxy-places';
import type { ProxyTransport } from './proxy-transport';

export interface XksBackendOptions extends ProxySettings {
  readonly clock: Clock;
}

interface Held {
  readonly backing: XksBacking;
  readonly transport: ProxyTransport;
}

interface AskedAnew {
  readonly answer: Result<XksAnswer<'GetHealthStatus'>, StoreFailureCause>;
  readonly certificateExpiresAt: Instant | undefined;
}

const maxHeld = 1_000;

/** External key stores: every use of a key is a signed request to the XKS proxy of its store. */
export class XksBackend implements KeyStoreBackend, ProxyHealth {
  readonly #held = new Map<CustomKeyStoreId, Held>();
  readonly #places: ProxyPlaces;

  constructor(private readonly options: XksBackendOptions) {
    this.#places = new ProxyPlaces(options);
  }

  async verify(use: StoreInUse, call: StoreCall): Promise<Result<void, StoreSettingsRefusal>> {
    const place = this.#places.check(backingOf(use));
    if (!place.ok) return place;
    // The store may not be there yet, or be in use with other settings.
    const { answer } = await this.#askedAnew(use, call);
    const health = alive(answer);
    return health.ok ? health : refuse({ code: 'XksProxyRefused', cause: health.refusal });
  }

  async check(use: StoreInUse, call: StoreCall): Promise<HealthReport> {
    const { answer, certificateExpiresAt } = await this.#askedAnew(use, call);
    const expiry = certificateExpiresAt !== undefined && { certificateExpiresAt };
    return answer.ok
      ? { managers: managersOf(answer.value), ...expiry }
      : { managers: noManagers, failure: answer.refusal, ...expiry };
  }

  related(): boolean {
    return false;
  }

  async connect(use: StoreInUse, call: StoreCall): Promise<Result<void, ConnectionErrorCode>> {
    const backing = backingOf(use);
    const place = this.#places.check(backing);
    if (!place.ok) {
      return refuse(
        place.refusal.code === 'XksProxyVpcEndpointServiceNotFound'
          ? 'XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND'
          : 'XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION',
      );
    }
    const health = alive(await healthOf(this.#client(use), use, call));
    return health.ok ? health : refuse(connectionErrors[health.refusal] ?? 'XKS_PROXY_INVALID_RESPONSE');
  }

  async release(id: CustomKeyStoreId): Promise<void> {
    this.#held.get(id)?.transport.close();
    this.#held.delete(id);
  }

  /** The key is there already: it is only looked at. */
  async createKey(use: StoreInUse, key: KeyInStore, call: StoreCall): Promise<Result<void, StoreKeyRefusal>> {
    const externalId = key.externalId ?? '';
    if (!nameable(externalId)) return refuse({ code: 'XksKeyNotFound' });
    const input = { requestMetadata: metadataOf(call) };
    const answer = await this.#client(use).call(use, backingOf(use), 'GetKeyMetadata', externalId, input);
    return answer.ok ? checkMetadata(answer.value) : refuse(keyRefusal(answer.refusal));
  }

  async encrypt(
    use: StoreInUse,
    key: KeyInStore,
    plaintext: SecretBytes,
    boundTo: Uint8Array,
    call: StoreCall,
  ): Promise<Result<StoreSealed, KeyStoreFailed>> {
    const externalId = key.externalId ?? '';
    if (!nameable(externalId)) return failed('KeyNotFoundException');
    const additionalAuthenticatedData = aadOf(boundTo);
    const answer = await this.#client(use).call(use, backingOf(use), 'Encrypt', externalId, {
      requestMetadata: { ...metadataOf(call), kmsKeyArn: key.keyArn },
      plaintext,
      additionalAuthenticatedData,
      encryptionAlgorithm: 'AES_GCM',
      ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
    });
    if (!answer.ok) return failed(answer.refusal);
    const { initializationVector: iv, authenticationTag: tag, ciphertext, ciphertextMetadata: metadata } = answer.value;
    const { ciphertextDataIntegrityValue: integrity } = answer.value;
    // INVARIANT: what the proxy does not vouch for is never handed out, or it might not decrypt one day.
    const vouched =
      integrity !== undefined && integrityValueMatches(integrity, { ...answer.value, additionalAuthenticatedData });
    const sized =
      xksLimits.ivBytes.includes(iv.length) &&
      tag.length === xksLimits.tagBytes &&
      ciphertext.length === plaintext.length;
    if (!vouched || !sized) return failed('Malformed');
    return accept({ iv, tag, ciphertext, ...(metadata !== undefined && metadata.length > 0 && { metadata }) });
  }

  async decrypt(
    use: StoreInUse,
    key: KeyInStore,
    { iv, tag, ciphertext, metadata }: StoreSealed,
    boundTo: Uint8Array,
    call: StoreCall,
  ): Promise<Result<SecretBytes, KeyStoreFailed>> {
    const externalId = key.externalId ?? '';
    if (!nameable(externalId)) return failed('KeyNotFoundException');
    const answer = await this.#client(use).call(use, backingOf(use), 'Decrypt', externalId, {
      requestMetadata: { ...metadataOf(call), kmsKeyArn: key.keyArn },
      ciphertext,
      initializationVector: iv,
      authenticationTag: tag,
      encryptionAlgorithm: 'AES_GCM',
      additionalAuthenticatedData: aadOf(boundTo),
      ...(metadata !== undefined && metadata.length > 0 && { ciphertextMetadata: metadata }),
    });
    if (!answer.ok) return failed(answer.refusal);
    const { plaintext } = answer.value;
    return plaintext.length === ciphertext.length ? accept(plaintext) : failed('Malformed');
  }

  random(): undefined {
    return undefined;
  }

  /** The external key belongs to its owner: KMS only stops using it. */
  async destroyKey(): Promise<Result<void, KeyStoreFailed>> {
    return accept(undefined);
  }

  /** Over a connection of its own, which also shows whether one can be made. */
  async #askedAnew(use: StoreInUse, call: StoreCall): Promise<AskedAnew> {
    const transport = this.#places.open(backingOf(use));
    try {
      const answer = await healthOf(new ProxyClient(transport, this.options.clock), use, call);
      return { answer, certificateExpiresAt: transport.certificateExpiresAt };
    } finally {
      transport.close();
    }
  }

  #client(use: StoreInUse): ProxyClient {
    const backing = backingOf(use);
    const held = this.#held.get(use.store.id);
    if (held !== undefined && samePlace(held.backing, backing)) {
      return new ProxyClient(held.transport, this.options.clock);
    }
    held?.transport.close();
    const transport = this.#places.open(backing);
    this.#held.delete(use.store.id);
    this.#held.set(use.store.id, { backing, transport });
    const [oldest] = this.#held;
    if (this.#held.size > maxHeld && oldest !== undefined) void this.release(oldest[0]);
    return new ProxyClient(transport, this.options.clock);
  }
}

function backingOf({ store }: StoreInUse): XksBacking {
  if (store.backing.type !== 'EXTERNAL_KEY_STORE') throw new Error(`${store.id} is no external key store`);
  return store.backing;
}

function healthOf(
  client: ProxyClient,
  use: StoreInUse,
  { requestId: kmsRequestId, operation: kmsOperation }: StoreCall,
): Promise<Result<XksAnswer<'GetHealthStatus'>, StoreFailureCause>> {
  const input = { requestMetadata: { kmsRequestId, kmsOperation } };
  return client.call(use, backingOf(use), 'GetHealthStatus', undefined, input);
}

function managersOf({ ekmFleetDetails }: XksAnswer<'GetHealthStatus'>): HealthReport['managers'] {
  const inState = (state: string): number =>
    ekmFleetDetails.filter(({ healthStatus }) => healthStatus === state).length;
  return { active: inState('ACTIVE'), degraded: inState('DEGRADED'), unavailable: inState('UNAVAILABLE') };
}

/** One key manager that works, however badly, is enough. */
function alive(answer: Result<XksAnswer<'GetHealthStatus'>, StoreFailureCause>): Result<void, StoreFailureCause> {
  if (!answer.ok) return answer;
  const { active, degraded } = managersOf(answer.value);
  return active + degraded > 0 ? accept(undefined) : refuse('Unhealthy');
}

/** `.` and `..` have the form of an id, but in a path they would name another. */
function nameable(externalId: string): boolean {
  return isExternalKeyId(externalId) && externalId !== '.' && externalId !== '..';
}

/** Proxies take 8,192 bytes at most, so they get a digest: whatever the ciphertext is bound to, it is 32 bytes. */
function aadOf(boundTo: Uint8Array): Uint8Array {
  return createHash('sha256').update(boundTo).digest();
}

function failed(cause: StoreFailureCause): Result<never, KeyStoreFailed> {
  return refuse({ code: 'KeyStoreFailed', cause });
}

function checkMetadata({ keySpec, keyUsage, keyStatus }: XksAnswer<'GetKeyMetadata'>): Result<void, StoreKeyRefusal> {
  const unsuitable = (member: 'keySpec' | 'keyStatus' | 'keyUsage', found: string) =>
    refuse<StoreKeyRefusal>({ code: 'XksKeyNotSuitable', detail: { member, found: printable(found) } });
  if (keySpec !== 'AES_256') return unsuitable('keySpec', keySpec);
  if (keyStatus !== 'ENABLED') return unsuitable('keyStatus', keyStatus);
  const usable = keyUsage.includes('ENCRYPT') && keyUsage.includes('DECRYPT');
  return usable ? accept(undefined) : unsuitable('keyUsage', keyUsage.join(','));
}

/** What a proxy says reaches callers only as a short word. */
function printable(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_,-]/g, '?').slice(0, 128);
}

function keyRefusal(cause: StoreFailureCause): StoreKeyRefusal {
  switch (cause) {
    case 'KeyNotFoundException':
      return { code: 'XksKeyNotFound' };
    case 'InvalidStateException':
    case 'InvalidKeyUsageException':
      return { code: 'XksKeyNotSuitable', detail: { member: 'none', cause } };
    default:
      return { code: 'KeyStoreFailed', cause };
  }
}
