import type { RequestNotes } from '@keywarden/audit';
import type { IdentityCall, IdentityRefusal, UnsignedCall } from '@keywarden/identity-service';
import type { Result } from '@keywarden/kernel';
import type { Action, AnswerOf, CommandOf, IamAction, StsAction } from './shapes/action-shapes';

interface Request {
  /** A UUID; stands in the answer, the log and the audit record. */
  readonly requestId: string;
  /** Where operations write down what the request came to. */
  readonly notes: RequestNotes;
}

/** What is known of a request before its action is looked at: who, where, when. */
export type SignedContext = IdentityCall & Request;

/** Of a request that nobody signed: where and when. */
export type UnsignedContext = UnsignedCall & Request;

/** Actions whose callers prove who they are by what they send: a signature is not asked for and not looked at. */
export const unsignedActions = ['AssumeRoleWithWebIdentity'] as const satisfies readonly StsAction[];
export type UnsignedAction = (typeof unsignedActions)[number];

/** What carries out one action: the checked command in, the answer or a refusal out. */
export type QueryHandler<A extends Action> = (
  context: A extends UnsignedAction ? UnsignedContext : SignedContext,
  command: CommandOf<A>,
) => Promise<Result<AnswerOf<A> extends undefined ? void : AnswerOf<A>, IdentityRefusal>>;

/** The actions a service carries out; the others answer that they are not available. */
export type IamHandlers = { readonly [A in IamAction]?: QueryHandler<A> };
export type StsHandlers = { readonly [A in StsAction]?: QueryHandler<A> };
export type QueryHandlers = IamHandlers & StsHandlers;
