import type { XksError } from '@keywarden/xks-protocol';
import type { ExternalKeyRefusal } from '@keywarden/xks-service';

/** The one place where refusals become errors of the API. Messages tell a person where to look, never why in detail. */
export const refusalErrors: { readonly [C in ExternalKeyRefusal['code']]: XksError } = {
  ExternalKeyUnknown: {
    errorName: 'KeyNotFoundException',
    errorMessage: 'The store offers no key of that name.',
  },
  ExternalKeyDenied: {
    errorName: 'AccessDeniedException',
    errorMessage: 'Key policy and policies of the user of the store do not allow it.',
  },
  ExternalKeyUnavailable: {
    errorName: 'InvalidStateException',
    errorMessage: 'The key is not enabled.',
  },
  ExternalKeyUnsuitable: {
    errorName: 'InvalidKeyUsageException',
    errorMessage: 'The key is not a symmetric encryption key.',
  },
  ExternalCiphertextRefused: {
    errorName: 'InvalidCiphertextException',
    errorMessage: 'The ciphertext or what is bound to it does not verify.',
  },
};
