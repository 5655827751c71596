export { type Form, maxParameters, parseForm } from './form-body';
export { type QueryInput, queryInput } from './query-input';
export { type Spellings, queryOutput } from './query-output';
export type { QueryRefusal } from './query-refusal';
export { type Envelope, type QueryError, answerBody, answerHeaders, errorBody } from './envelope';
export { errorOfRefusal, unknownAction } from './query-errors';
export { isForm } from './content-type';
