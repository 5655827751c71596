/** Why a root key provider cannot be used; the message is one line for an operator and shows nothing secret. */
export class RootKeyProviderError extends Error {
  override readonly name = 'RootKeyProviderError';
}
