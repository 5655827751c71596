/** What the service and a token process say to each other. Bytes are copied between them. */

export interface TokenPlace {
  /** Path of the PKCS#11 module. */
  readonly module: string;
  /** CKA label of the token. */
  readonly token: string;
}

/** Why a token cannot be worked with. */
export type TokenFault =
  /** `pkcs11js` is not installed. */
  | 'LibraryMissing'
  | 'ModuleUnusable'
  | 'TokenMissing'
  | 'MechanismMissing'
  | 'PinIncorrect'
  | 'PinLocked'
  | 'PinNotSet'
  | 'AnotherUser'
  | 'Failed';

export type TokenWork =
  | { readonly kind: 'generate' | 'destroy' | 'find'; readonly key: string }
  | { readonly kind: 'random'; readonly length: number }
  | { readonly kind: 'encrypt'; readonly key: string; readonly data: Uint8Array; readonly aad: Uint8Array }
  | {
      readonly kind: 'decrypt';
      readonly key: string;
      readonly iv: Uint8Array;
      /** Ciphertext and tag. */
      readonly data: Uint8Array;
      readonly aad: Uint8Array;
    };

/** `lost`: the session or the token is gone, and the work may be done by another process. */
export type WorkFault = 'lost' | 'keyNotFound' | 'refused';

export type WorkOutcome =
  | { readonly ok: true; readonly data?: Uint8Array; readonly iv?: Uint8Array }
  | { readonly ok: false; readonly fault: WorkFault };

export type ToToken =
  | { readonly kind: 'open'; readonly place: TokenPlace; readonly pin: Uint8Array | undefined }
  | { readonly kind: 'work'; readonly works: readonly { readonly id: number; readonly work: TokenWork }[] };

export type FromToken =
  | { readonly kind: 'opened'; readonly fault?: TokenFault }
  | { readonly kind: 'done'; readonly outcomes: readonly { readonly id: number; readonly outcome: WorkOutcome }[] };
