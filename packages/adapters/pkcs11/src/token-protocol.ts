/** What the service and a token process say to each other. Bytes are copied between them. */

export interface TokenPlace {
  /** Path of the PKCS#11 module. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  /** Which attribute of a key its name is. Default CKA_ID */
  readonly keysBy?: 'CKA_ID' | 'CKA_LABEL';
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
  | { readonly kind: 'generate' | 'destroy' | 'find' | 'inspect'; readonly key: string }
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

/**
 * `lost`: the session or the token is gone, and the work may be done by another process. `keyUnfit`: several keys have
 * that name, or the one is no AES-256 key that cannot leave the token.
 */
export type WorkFault = 'lost' | 'keyNotFound' | 'keyUnfit' | 'refused';

export type WorkOutcome =
  | { readonly ok: true; readonly data?: Uint8Array; readonly iv?: Uint8Array }
  | { readonly ok: false; readonly fault: WorkFault };

export type ToToken =
  | {
      readonly kind: 'open';
      readonly place: TokenPlace;
      readonly pin: Uint8Array | undefined;
      readonly ivField: Uint8Array | undefined;
    }
  | { readonly kind: 'work'; readonly works: readonly { readonly id: number; readonly work: TokenWork }[] };

export type FromToken =
  | { readonly kind: 'opened'; readonly fault?: TokenFault }
  | { readonly kind: 'done'; readonly outcomes: readonly { readonly id: number; readonly outcome: WorkOutcome }[] };
