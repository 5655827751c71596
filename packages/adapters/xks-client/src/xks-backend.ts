import { createHash } from 'node:crypto';
import type {
  ConnectionErrorCode,
  KeyInStore,
  KeyStoreBackend,
  KeyStoreFailed,
  StoreCall,
  StoreFailureCause,
  StoreInUse,
  StoreKeyRefusal,
  StoreSealed,
  StoreSettingsRefusal,
  XksBacking,
} from '@keywarden/custom-key-stores';
import { type Clock, type CustomKeyStoreId, type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type XksAnswer, integrityValueMatches, isExternalKeyId, xksLimits } from '@keywarden/xks-protocol';
import { checkedLookup, fixedLookup } from './addresses';
import { connectionErrors } from './connection-errors';
import { ProxyClient, metadataOf } from './proxy-client';
import { type ProxyAddress, ProxyTransport } from './proxy-transport';

/** A private way to a proxy that the operator laid, standing in for a VPC endpoint service. */
export interface EndpointService {
  /** The host of the XksProxyUriEndpoint, and of the certificate. */
  readonly privateDnsName: string;
  /** An IP address; KMS connects to it whatever the name resolves to. */
  readonly address: string;
  readonly port: number;
}

export interface XksBackendOptions {
  readonly clock: Clock;
  /** By the name of the VPC endpoint service. */
  readonly endpointServices: ReadonlyMap<string, EndpointService>;
  /** May proxies at public endpoints be in private networks or on this machine? */
  readonly allowPrivateAddresses: boolean;
  /** Milliseconds for an attempt; 250 by default. */
  readonly timeoutMs?: number;
  /** Certificates of authorities beside those of the platform; PEM. */
  readonly extraAuthorities?: string;
}

interface Held {
  readonly backing: XksBacking;
  readonly transport: ProxyTransport;
}

const httpsPort = 443;
const maxHeld = 1_000;

/** External key stores: every use of a key is a signed request to the XKS proxy of its store. */
export class XksBackend implements KeyStoreBackend {
  readonly #held = new Map<CustomKeyStoreId, Held>();

  constructor(private readonly options: XksBackendOptions) {}

  async verify(use: StoreInUse, call: StoreCall): Promise<Result<void, StoreSettingsRefusal>> {
    const backing = backingOf(use);
    const service = this.#checkService(backing);
    if (!service.ok) return service;
    // A connection of its own: the store may not be there yet, or be in use with other settings.
    const transport = this.#open(backing);
    try {
      const health = await this.#health(new ProxyClient(transport, this.options.clock), use, backing, call);
      return health.ok ? health : refuse({ code: 'XksProxyRefused', cause: health.refusal });
    } finally {
      transport.close();
    }
  }

  related(): boolean {
    return false;
  }

  async connect(use: StoreInUse, call: StoreCall): Promise<Result<void, ConnectionErrorCode>> {
    const backing = backingOf(use);
    const service = this.#checkService(backing);
    if (!service.ok) {
      return refuse(
        service.refusal.code === 'XksProxyVpcEndpointServiceNotFound'
          ? 'XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND'
          : 'XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION',
      );
    }
    const health = await this.#health(this.#client(use), use, backing, call);
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

  async #health(
    client: ProxyClient,
    use: StoreInUse,
    backing: XksBacking,
    { requestId: kmsRequestId, operation: kmsOperation }: StoreCall,
  ): Promise<Result<void, StoreFailureCause>> {
    const input = { requestMetadata: { kmsRequestId, kmsOperation } };
    const answer = await client.call(use, backing, 'GetHealthStatus', undefined, input);
    if (!answer.ok) return answer;
    const alive = answer.value.ekmFleetDetails.some(({ healthStatus }) => healthStatus !== 'UNAVAILABLE');
    return alive ? accept(undefined) : refuse('Unhealthy');
  }

  #checkService({ vpcEndpointServiceName, uriEndpoint }: XksBacking): Result<void, StoreSettingsRefusal> {
    if (vpcEndpointServiceName === undefined) return accept(undefined);
    const service = this.options.endpointServices.get(vpcEndpointServiceName);
    if (service === undefined) return refuse({ code: 'XksProxyVpcEndpointServiceNotFound' });
    return service.privateDnsName.toLowerCase() === hostOf(uriEndpoint)
      ? accept(undefined)
      : refuse({ code: 'XksProxyVpcEndpointServiceInvalidConfiguration' });
  }

  #client(use: StoreInUse): ProxyClient {
    const backing = backingOf(use);
    const held = this.#held.get(use.store.id);
    if (held !== undefined && samePlace(held.backing, backing)) {
      return new ProxyClient(held.transport, this.options.clock);
    }
    held?.transport.close();
    const transport = this.#open(backing);
    this.#held.delete(use.store.id);
    this.#held.set(use.store.id, { backing, transport });
    const [oldest] = this.#held;
    if (this.#held.size > maxHeld && oldest !== undefined) void this.release(oldest[0]);
    return new ProxyClient(transport, this.options.clock);
  }

  #open(backing: XksBacking): ProxyTransport {
    const { timeoutMs = 250, extraAuthorities } = this.options;
    return new ProxyTransport(this.#addressOf(backing), {
      timeoutMs,
      ...(extraAuthorities !== undefined && { extraAuthorities }),
    });
  }

  #addressOf({ uriEndpoint, vpcEndpointServiceName }: XksBacking): ProxyAddress {
    const host = hostOf(uriEndpoint);
    const service =
      vpcEndpointServiceName === undefined ? undefined : this.options.endpointServices.get(vpcEndpointServiceName);
    if (service !== undefined) {
      return { host, port: service.port, lookup: fixedLookup(service.address), allowPrivate: true };
    }
    const allowPrivate = this.options.allowPrivateAddresses;
    return { host, port: httpsPort, lookup: checkedLookup(allowPrivate), allowPrivate };
  }
}

function backingOf({ store }: StoreInUse): XksBacking {
  if (store.backing.type !== 'EXTERNAL_KEY_STORE') throw new Error(`${store.id} is no external key store`);
  return store.backing;
}

function hostOf(uriEndpoint: string): string {
  return uriEndpoint.slice('https://'.length).toLowerCase();
}

/** Credentials and path may change without a new connection. */
function samePlace(one: XksBacking, other: XksBacking): boolean {
  return one.uriEndpoint === other.uriEndpoint && one.vpcEndpointServiceName === other.vpcEndpointServiceName;
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
