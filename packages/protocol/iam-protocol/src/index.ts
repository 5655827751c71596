export {
  type Action,
  type AnswerOf,
  type CommandOf,
  type IamAction,
  type StsAction,
  iamShapes,
  stsShapes,
} from './shapes/action-shapes';
export {
  type IamHandlers,
  type QueryHandler,
  type QueryHandlers,
  type SignedContext,
  type StsHandlers,
  type UnsignedAction,
  type UnsignedContext,
} from './query-handlers';
export { identityHandlers } from './identity-handlers';
export { isQueryRequest } from './is-query-request';
export { type QueryService, queryServices } from './query-services';
export { acceptedScopes } from './accepted-scopes';
export { type QueryFaultLog, type QueryObserver, QueryPipeline, type QueryPipelineOptions } from './request-pipeline';
export { toQueryError } from './query-errors';
export type { WireAnswer, WireRequest } from './wire-request';
