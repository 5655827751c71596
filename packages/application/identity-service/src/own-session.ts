import { accept, plusMilliseconds, refuse } from '@keywarden/kernel';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import { validationError } from './identity-refusals';
import type { Sessions, WireCredentials } from './sessions';

export interface WireCallerIdentity {
  readonly userId: string;
  readonly account: string;
  readonly arn: string;
}

/** GetCallerIdentity and GetSessionToken: what needs credentials and no permission. */
export class OwnSessionOperations {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  getCallerIdentity = async ({ caller }: IdentityCall): IdentityAnswer<WireCallerIdentity> =>
    accept({ userId: caller.principalId, account: caller.account, arn: caller.arn });

  /**
   * Only with a long-term access key.
   *
   * @param command durationSeconds: 900 to 129,600, default 43,200; at most and by default 3,600 for the root user
   */
  getSessionToken = async (
    { caller, now }: IdentityCall,
    command: { readonly durationSeconds?: number } = {},
  ): IdentityAnswer<{ readonly credentials: WireCredentials }> => {
    const { account, arn, principalId, accessKeyId, type } = caller;
    const lasting = caller.session === undefined && (type === 'Root' || type === 'IAMUser');
    const action = 'sts:GetSessionToken';
    if (!lasting) return refuse({ code: 'AccessDenied', callerArn: arn, action, resource: '*', explicit: true });
    const most = type === 'Root' ? 3_600 : 129_600;
    const seconds = command.durationSeconds ?? Math.min(most, 43_200);
    const inRange = Number.isInteger(seconds) && seconds >= 900 && seconds <= 129_600;
    if (!inRange) return refuse(validationError('DurationSeconds'));
    const started = await this.#sessions.start({
      ...{ kind: 'GetSessionToken', account, principalId, originAccessKeyId: accessKeyId },
      issuedAt: now,
      expiresAt: plusMilliseconds(now, Math.min(seconds, most) * 1_000),
      ...{ tags: [], transitiveTagKeys: [], chain: [] },
    });
    return started.ok ? accept({ credentials: started.value.credentials }) : started;
  };
}
