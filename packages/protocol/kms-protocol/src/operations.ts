import type { Result } from '@keywarden/kernel';
import type { Refusal, RequestContext } from '@keywarden/key-service';
import type { KeyStoresRefusal } from '@keywarden/key-stores';
import type { AnswerOf, CommandOf, OperationName } from './shapes/operation-shapes';

/** Everything an operation may refuse with. */
export type AnyRefusal = Refusal | KeyStoresRefusal;

/** What carries out one operation: the checked command in, the answer or a refusal out. */
export type OperationHandler<O extends OperationName> = (
  context: RequestContext,
  command: CommandOf<O>,
) => Promise<Result<AnswerOf<O> extends undefined ? void : AnswerOf<O>, AnyRefusal>>;

/** The operations a service carries out; the others answer that they are not available. */
export type OperationHandlers = { readonly [O in OperationName]?: OperationHandler<O> };
