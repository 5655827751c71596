import { type ExternalCiphertext } from '@keywarden/crypto';
import type { RequestContext } from '@keywarden/key-service';
import { type Result, accept, refuse } from '@keywarden/kernel';
import {
  type XksAnswer,
  type XksError,
  type XksOperation,
  type XksRequest,
  integrityValue,
  xksLimits,
} from '@keywarden/xks-protocol';
import type { ExternalKeys, XksStore } from '@keywarden/xks-service';
import { refusalErrors } from './refusal-errors';

/** What the proxy says of itself and of the service behind it. */
export interface ProxyHealth {
  readonly fleetSize: number;
  readonly model: string;
  readonly healthStatus: 'ACTIVE' | 'DEGRADED' | 'UNAVAILABLE';
}

export interface XksCall<O extends XksOperation> {
  readonly context: RequestContext;
  readonly store: XksStore;
  /** Empty for GetHealthStatus. */
  readonly externalKeyId: string;
  readonly request: XksRequest<O>;
}

type Answer<O extends XksOperation> = Promise<Result<XksAnswer<O>, XksError>>;

export type XksHandlers = { readonly [O in XksOperation]: (call: XksCall<O>) => Answer<O> };

const vendor = 'Keywarden';
const none = new Uint8Array();

export function xksHandlers(
  keys: Pick<ExternalKeys, 'metadata' | 'encrypt' | 'decrypt'>,
  health: () => Promise<ProxyHealth>,
): XksHandlers {
  return {
    GetHealthStatus: async ({ store }) => {
      const { fleetSize, model, healthStatus } = await health();
      return accept({
        xksProxyFleetSize: fleetSize,
        xksProxyVendor: vendor,
        xksProxyModel: model,
        ekmVendor: vendor,
        ekmFleetDetails: [{ id: store.region, model, healthStatus }],
      });
    },
    GetKeyMetadata: async ({ context, store, externalKeyId }) => {
      const found = await keys.metadata(context, store, externalKeyId);
      return found.ok ? found : refuse(refusalErrors[found.refusal.code]);
    },
    Encrypt: async ({ context, store, externalKeyId, request }) => {
      const { plaintext, additionalAuthenticatedData: aad = none } = request;
      if (plaintext.length > xksLimits.plaintextBytes) return tooLong('plaintext', xksLimits.plaintextBytes);
      if (aad.length > xksLimits.aadBytes) return tooLong('additionalAuthenticatedData', xksLimits.aadBytes);
      const sealed = await keys.encrypt(context, store, externalKeyId, plaintext, aad);
      if (!sealed.ok) return refuse(refusalErrors[sealed.refusal.code]);
      if (request.ciphertextDataIntegrityValueAlgorithm === undefined) return accept(sealed.value);
      const covered = { ...sealed.value, additionalAuthenticatedData: aad };
      return accept({ ...sealed.value, ciphertextDataIntegrityValue: integrityValue(covered) });
    },
    Decrypt: async ({ context, store, externalKeyId, request }) => {
      const { additionalAuthenticatedData: aad = none, ciphertextMetadata = none } = request;
      // Nothing we made is longer, so what is, does not verify.
      if (aad.length > xksLimits.aadBytes || ciphertextMetadata.length > xksLimits.metadataBytes) {
        return refuse(refusalErrors.ExternalCiphertextRefused);
      }
      const { ciphertext, initializationVector, authenticationTag } = request;
      const sealed: ExternalCiphertext = { ciphertext, initializationVector, authenticationTag, ciphertextMetadata };
      const plaintext = await keys.decrypt(context, store, externalKeyId, sealed, aad);
      return plaintext.ok ? accept({ plaintext: plaintext.value }) : refuse(refusalErrors[plaintext.refusal.code]);
    },
  };
}

function tooLong(member: string, limit: number): Result<never, XksError> {
  const errorMessage = `${member} is longer than ${limit} bytes.`;
  return refuse({ errorName: 'UnsupportedOperationException', errorMessage });
}
