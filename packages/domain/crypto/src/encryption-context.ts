/** The caller's name–value pairs, bound to a ciphertext and never secret. An absent context is the empty one. */
export type EncryptionContext = Readonly<Record<string, string>>;
