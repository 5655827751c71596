import { type Role, newAccessKeyId, newSecretAccessKey } from '@keywarden/identity';
import { type Instant, SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { IdentityAnswer } from './identity-call';
import type { IdentityParts } from './identity-parts';
import { SessionTokens, mostClaimsBytes, type SessionClaims } from './session-token';

/** Temporary credentials; shown once. */
export interface WireCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: SecretBytes;
  readonly sessionToken: string;
  readonly expiration: Instant;
}

export interface WireRoleSession {
  readonly credentials: WireCredentials;
  readonly assumedRoleUser: { readonly assumedRoleId: string; readonly arn: string };
  /** Percent of the room in a session token; present when there are session policies or tags. */
  readonly packedPolicySize?: number;
}

/** Makes temporary credentials: nothing is stored, all is in the token. */
export class Sessions {
  readonly #tokens: SessionTokens;

  constructor(private readonly parts: Pick<IdentityParts, 'secrets' | 'randomness' | 'homeRegion'>) {
    this.#tokens = new SessionTokens(parts.secrets, parts.homeRegion);
  }

  async start(
    claims: Omit<SessionClaims, 'accessKeyId'>,
  ): IdentityAnswer<{ credentials: WireCredentials; percent: number }> {
    const accessKeyId = newAccessKeyId('temporary', this.parts.randomness);
    const secretAccessKey = SecretBytes.adopt(newSecretAccessKey(this.parts.randomness));
    const sessionToken = await this.#tokens.seal({ ...claims, accessKeyId }, secretAccessKey);
    if (typeof sessionToken === 'number') return refuse({ code: 'PackedPolicyTooLarge', percent: sessionToken });
    const percent = Math.min(100, Math.ceil((JSON.stringify(claims).length * 100) / mostClaimsBytes));
    return accept({
      credentials: { accessKeyId, secretAccessKey, sessionToken, expiration: claims.expiresAt },
      percent,
    });
  }

  async startForRole(
    role: Role,
    sessionName: string,
    claims: Omit<SessionClaims, 'accessKeyId' | 'account' | 'principalId' | 'sessionName'>,
  ): IdentityAnswer<WireRoleSession> {
    const { account, id, name } = role;
    const started = await this.start({ ...claims, account, principalId: id, sessionName });
    if (!started.ok) return started;
    const { credentials, percent } = started.value;
    const packed = claims.policies !== undefined || claims.tags.length > 0;
    return accept({
      credentials,
      assumedRoleUser: {
        assumedRoleId: `${id}:${sessionName}`,
        arn: `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`,
      },
      ...(packed && { packedPolicySize: percent }),
    });
  }
}
