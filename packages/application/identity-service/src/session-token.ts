import type { SecretPlace, SecretWrapping } from '@keywarden/crypto';
import type { PrincipalTag, SessionKind } from '@keywarden/identity';
import { type AccountId, type Instant, type Region, SecretBytes, instant, parseAccountId } from '@keywarden/kernel';

/** What a session token says of its session. */
export interface SessionClaims {
  readonly kind: SessionKind;
  readonly accessKeyId: string;
  /** The account of the principal. */
  readonly account: AccountId;
  /** Unique id of the role or user; the account id for a root user. */
  readonly principalId: string;
  /** Of a role session. */
  readonly sessionName?: string;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  /** Session policies as text and by unique id; absent: the session may do what its principal may. */
  readonly policies?: { readonly documents: readonly string[]; readonly policyIds: readonly string[] };
  readonly tags: readonly PrincipalTag[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  readonly federatedProvider?: string;
  /** The long-term access key at the beginning of the chain: the session ends with it. */
  readonly originAccessKeyId?: string;
  /** The roles by which the chain came here, each by its unique id: the session ends with each of them. */
  readonly chain: readonly string[];
}

export interface OpenedSession {
  readonly claims: SessionClaims;
  readonly secretAccessKey: SecretBytes;
}

const format = 'KWS1';
/** Bytes of UTF-8; keeps a token below what HTTP servers take as a header. */
export const mostClaimsBytes = 4_096;
const longestToken = 8_192;
const longestChain = 16;

/**
 * Session tokens: the claims in clear, and the secret access key wrapped under the domain key of the account with the
 * claims as part of what it is bound to. So no claim can be changed, no token can be made up, nothing has to be stored,
 * and any node can open one. Whoever holds a token can read its claims, which say nothing but what was asked for.
 */
export class SessionTokens {
  constructor(
    private readonly secrets: SecretWrapping,
    private readonly region: Region,
  ) {}

  /** @returns the token, or how many percent of the room the claims would take when that is more than all */
  async seal(claims: SessionClaims, secretAccessKey: SecretBytes): Promise<string | number> {
    const text = JSON.stringify(claims);
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > mostClaimsBytes || claims.chain.length > longestChain) {
      return Math.max(101, Math.ceil((bytes.length * 100) / mostClaimsBytes));
    }
    const wrapped = await this.secrets.wrap(this.#place(claims, text), secretAccessKey);
    return `${format}.${toBase64(bytes)}.${toBase64(wrapped)}`;
  }

  /** @returns the claims as they are written: they mean nothing before `open` has found the token genuine */
  read(token: string): SessionClaims | undefined {
    const text = partsOf(token)?.text;
    return text === undefined ? undefined : claimsOf(text);
  }

  /**
   * @returns undefined when the token was not made here, or was changed
   * @throws when it cannot be found out, because the domain key is out of reach
   */
  async open(token: string): Promise<OpenedSession | undefined> {
    const parts = partsOf(token);
    const claims = parts && claimsOf(parts.text);
    if (parts === undefined || claims === undefined) return undefined;
    const place = this.#place(claims, parts.text);
    try {
      return { claims, secretAccessKey: await this.secrets.unwrap(place, parts.wrapped) };
    } catch {
      // Wrapping needs the same domain key: when that works, the token was the reason; when it throws, it is a fault.
      await this.secrets.wrap(place, SecretBytes.adopt(new Uint8Array(1)));
      return undefined;
    }
  }

  #place({ account }: SessionClaims, text: string): SecretPlace {
    return { account, region: this.region, purpose: 'session-token-v1', name: text };
  }
}

function partsOf(token: string): { readonly text: string; readonly wrapped: Uint8Array } | undefined {
  if (token.length > longestToken) return undefined;
  const [head, claims, wrapped, ...rest] = token.split('.');
  if (head !== format || claims === undefined || wrapped === undefined || rest.length > 0) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64(claims));
    return { text, wrapped: fromBase64(wrapped) };
  } catch {
    return undefined;
  }
}

/** The shape is checked as far as a forger could do harm with it before the token is known to be genuine. */
function claimsOf(text: string): SessionClaims | undefined {
  try {
    const claims = JSON.parse(text) as Partial<SessionClaims> | null;
    const account = typeof claims?.account === 'string' ? parseAccountId(claims.account) : undefined;
    const texts = [claims?.accessKeyId, claims?.principalId];
    if (claims === null || account === undefined || texts.some((one) => typeof one !== 'string')) return undefined;
    instant(claims.issuedAt ?? NaN);
    instant(claims.expiresAt ?? NaN);
    return claims as SessionClaims;
  } catch {
    return undefined;
  }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
