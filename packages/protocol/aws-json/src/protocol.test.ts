import { instant } from '@keywarden/kernel';
import { encodeError, errorOfRefusal, isAwsJson, parseTarget, responseHeaders } from './index';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

describe('an error body', () => {
  it('holds the bare code and the message', () => {
    expect(text(encodeError({ type: 'NotFoundException', message: 'gone' }))).toBe(
      '{"__type":"NotFoundException","message":"gone"}',
    );
  });

  it('has no message member when there is no message', () => {
    expect(text(encodeError({ type: 'InvalidCiphertextException' }))).toBe('{"__type":"InvalidCiphertextException"}');
  });

  it('can spell the member with a capital', () => {
    expect(text(encodeError({ type: 'AccessDeniedException', message: '', messageMember: 'Message' }))).toBe(
      '{"__type":"AccessDeniedException","Message":""}',
    );
  });
});

describe('a refused body', () => {
  it('is a SerializationException, whose message member has a capital', () => {
    expect(errorOfRefusal({ code: 'SerializationFailed', message: 'Expected null' })).toEqual({
      type: 'SerializationException',
      message: 'Expected null',
      messageMember: 'Message',
    });
  });

  it('is a ValidationException when it could be read', () => {
    const violations = [{ path: 'keyId', value: null, constraint: 'Member must not be null' }];
    expect(errorOfRefusal({ code: 'ConstraintsViolated', violations })).toEqual({
      type: 'ValidationException',
      message:
        "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    });
  });
});

describe('X-Amz-Target', () => {
  it('names a prefix and an operation', () => {
    expect(parseTarget('TrentService.Encrypt')).toEqual({ prefix: 'TrentService', operation: 'Encrypt' });
    expect(parseTarget('com.example.Trail_1.Look')).toEqual({ prefix: 'com.example.Trail_1', operation: 'Look' });
  });

  it.each([undefined, '', '.', 'Encrypt', 'A.', '.B', 'A..C', '.A.B', 'A B.C', 'A.B\r\nX: y', `A.${'b'.repeat(300)}`])(
    'is refused as %j',
    (header) => expect(parseTarget(header)).toBeUndefined(),
  );
});

describe('headers', () => {
  it('of an answer forbid every cache and carry the request id and the date', () => {
    expect(responseHeaders('0f0e', instant(0))).toEqual({
      'Content-Type': 'application/x-amz-json-1.1',
      'x-amzn-RequestId': '0f0e',
      Date: 'Thu, 01 Jan 1970 00:00:00 GMT',
      'Cache-Control': 'no-cache, no-store, must-revalidate, private',
      Expires: '0',
      Pragma: 'no-cache',
    });
  });

  it('of an answer carry the second of that answer', () => {
    const dates = [999, 1_000, 1_999, 61_000, 0].map((at) => responseHeaders('0f0e', instant(at)).Date?.slice(17, 25));
    expect(dates).toEqual(['00:00:00', '00:00:01', '00:00:01', '00:01:01', '00:00:00']);
  });

  it('of a request may add a charset to the content type', () => {
    expect(isAwsJson('application/x-amz-json-1.1')).toBe(true);
    expect(isAwsJson('Application/X-Amz-Json-1.1; charset=utf-8')).toBe(true);
    expect(isAwsJson('application/x-amz-json-1.0')).toBe(false);
    expect(isAwsJson(undefined)).toBe(false);
  });
});
