import type { RawResponse } from './raw-message';

/** Why a request is answered without, or instead of, its handler. */
export type TransportFault =
  | 'MalformedRequest'
  | 'RequestTimeout'
  | 'BodyTooLarge'
  | 'ContentEncodingUnsupported'
  | 'ExpectationUnsupported'
  | 'HeadersTooLarge'
  | 'HandlerFailed'
  | 'Overloaded'
  | 'DeadlineExceeded';

/** Builds the answer to a fault; it must not throw and says nothing of the inside. */
export type FaultResponse = (fault: TransportFault, requestId: string) => RawResponse;

interface FaultEntry {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/**
 * Codes are those AWS services share for the layer below an operation; 503 with ServiceUnavailableException and 500 with
 * InternalFailure are retried by the SDKs, the others are not.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
 */
const faults: { readonly [F in TransportFault]: FaultEntry } = {
  MalformedRequest: { status: 400, type: 'MalformedHttpRequestException', message: 'The HTTP request is malformed.' },
  RequestTimeout: { status: 408, type: 'RequestTimeoutException', message: 'The request was not complete in time.' },
  BodyTooLarge: { status: 413, type: 'RequestEntityTooLargeException', message: 'The request body is too large.' },
  ContentEncodingUnsupported: {
    status: 415,
    type: 'UnsupportedMediaTypeException',
    message: 'Encoded request bodies are not supported.',
  },
  ExpectationUnsupported: {
    status: 417,
    type: 'MalformedHttpRequestException',
    message: 'The expectation in the Expect header is not supported.',
  },
  HeadersTooLarge: {
    status: 431,
    type: 'RequestHeadersTooLargeException',
    message: 'The request headers are too large.',
  },
  HandlerFailed: { status: 500, type: 'InternalFailure', message: 'The request could not be processed.' },
  Overloaded: {
    status: 503,
    type: 'ServiceUnavailableException',
    message: 'The service cannot take the request at the moment. Try again.',
  },
  DeadlineExceeded: {
    status: 503,
    type: 'ServiceUnavailableException',
    message: 'The request was not processed in time. Try again.',
  },
};

/** An AWS JSON error: the code in `__type`, an English sentence in `message`. */
export const defaultFaultResponse: FaultResponse = (fault) => {
  const { status, type, message } = faults[fault];
  return {
    status,
    headers: [['Content-Type', 'application/x-amz-json-1.1']],
    body: JSON.stringify({ __type: type, message }),
  };
};
