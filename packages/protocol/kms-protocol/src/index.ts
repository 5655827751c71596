export { type AnswerOf, type CommandOf, type OperationName, operationShapes } from './shapes/operation-shapes';
export type { OperationHandler, OperationHandlers } from './operations';
export { type FaultLog, type Observer, RequestPipeline, type RequestPipelineOptions } from './request-pipeline';
export type { GrantParts } from './grant-handlers';
export { type KeyServiceParts, keyServiceHandlers } from './key-service-handlers';
export type { WireAnswer, WireRequest } from './wire-request';
export { toWireError, wireErrors } from './wire-errors';
export { type JsonHandler, type JsonService, type RequestMeter, kmsService } from './json-service';
export { storeFailureTexts } from './key-store-errors';
