export {
  type BlobShape,
  type BooleanShape,
  type Bounds,
  type EnumerationShape,
  type IntegerShape,
  type ListOptions,
  type ListShape,
  type MapShape,
  type Member,
  type Members,
  type RequiredMember,
  type ScalarShape,
  type SecretBlobShape,
  type SecretStringShape,
  type Shape,
  type StringOptions,
  type StringShape,
  type StructureShape,
  type TimestampShape,
  blob,
  boolean,
  enumeration,
  integer,
  list,
  map,
  required,
  secretBlob,
  secretString,
  string,
  structure,
  timestamp,
} from './shape';
export { type Infer, memberName } from './infer';
export { type Codec, compile } from './compile';
export { type Violation, type WireRefusal, validationMessage } from './wire-refusal';
export { type WireError, encodeError, errorOfRefusal } from './error-body';
export { contentType, isAwsJson, responseHeaders } from './response-headers';
export { type Target, parseTarget } from './target';
export { DenialFloor, type WaitUntil } from './denial-floor';
