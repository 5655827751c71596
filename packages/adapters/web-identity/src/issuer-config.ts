/** Signature algorithms an issuer may use. `none` and the HMACs are not among them and never will be. */
export const signatureAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
] as readonly string[] as readonly SignatureAlgorithm[];

export type SignatureAlgorithm = `${'RS' | 'PS' | 'ES'}${'256' | '384' | '512'}` | 'EdDSA' | 'Ed25519';

/** Where the public keys of an issuer come from. */
export type KeySource =
  /** `https:`; plain `http:` only to loopback, or where `allowPlainHttp` gives up the protection against forged keys. */
  | { readonly kind: 'Url'; readonly url: string; readonly allowPlainHttp?: boolean }
  | { readonly kind: 'File'; readonly path: string }
  | { readonly kind: 'Inline'; readonly jwks: { readonly keys: readonly object[] } };

/** An issuer whose tokens may be believed. */
export interface IssuerConfig {
  /** Exactly as in the `iss` claim: `https://token.example.com`. */
  readonly issuer: string;
  /** At least one; a token must be meant for one of them. */
  readonly audiences: readonly string[];
  readonly keys: KeySource;
  /** RS256, ES256 and EdDSA when left out. */
  readonly algorithms?: readonly SignatureAlgorithm[];
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** @throws TypeError when the configuration cannot be meant */
export function checkIssuer({ issuer, audiences, keys, algorithms }: IssuerConfig): void {
  if (!/^https:\/\/[^\s?#]+$/.test(issuer) || !URL.canParse(issuer)) throw new TypeError(`not an issuer: ${issuer}`);
  if (audiences.length === 0 || audiences.includes('')) throw new TypeError(`${issuer}: audiences are missing`);
  if (algorithms?.length === 0 || algorithms?.some((name) => !signatureAlgorithms.includes(name))) {
    throw new TypeError(`${issuer}: algorithms must be of ${signatureAlgorithms.join(', ')}`);
  }
  if (keys.kind !== 'Url') return;
  if (!URL.canParse(keys.url)) throw new TypeError(`${issuer}: not a URL`);
  const { protocol, hostname, username, password } = new URL(keys.url);
  const plain = protocol === 'http:' && (loopback.test(hostname) || keys.allowPlainHttp === true);
  if (protocol !== 'https:' && !plain) throw new TypeError(`${issuer}: keys must come over https`);
  if (username !== '' || password !== '') throw new TypeError(`${issuer}: no credentials in the URL of the keys`);
}
