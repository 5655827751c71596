import { type WireRefusal, validationMessage } from './wire-refusal';

/** An error as a client sees it. */
export interface WireError {
  /** The bare code, such as `ValidationException`. */
  readonly type: string;
  /** Left out of the body when undefined. */
  readonly message?: string | undefined;
  /** `Message` for the few errors that spell the member so; `message` otherwise. */
  readonly messageMember?: 'message' | 'Message';
}

/** The JSON body of an error answer. */
export function encodeError({ type, message, messageMember = 'message' }: WireError): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ __type: type, [messageMember]: message }));
}

/** The error a client gets for a body that was refused. */
export function errorOfRefusal(refusal: WireRefusal): WireError {
  return refusal.code === 'SerializationFailed'
    ? { type: 'SerializationException', message: refusal.message, messageMember: 'Message' }
    : { type: 'ValidationException', message: validationMessage(refusal.violations) };
}
