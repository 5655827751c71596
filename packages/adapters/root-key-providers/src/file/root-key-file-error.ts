export type RootKeyFileProblem = 'Missing' | 'Exists' | 'WrongMode' | 'Corrupt' | 'Unreadable' | 'Unwritable';

/** Why the root key file cannot be used; the message is one line for an operator and shows nothing of the key. */
export class RootKeyFileError extends Error {
  override readonly name = 'RootKeyFileError';

  constructor(
    readonly code: RootKeyFileProblem,
    readonly path: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`root key file ${path} ${message}`, options);
  }
}
