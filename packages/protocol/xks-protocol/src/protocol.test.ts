import { compile } from '@keywarden/aws-json';
import { accepted, refused } from '@keywarden/kernel/testing';
import { encodeXksError, parseXksError, xksErrors, type XksErrorName } from './errors';
import { integrityValue, integrityValueMatches } from './integrity-value';
import { xksOperations } from './operations';

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const example = {
  requestMetadata: {
    awsPrincipalArn: 'arn:aws:iam::123456789012:user/Alice',
    kmsKeyArn: 'arn:aws:kms:us-east-2:123456789012:/key/1234abcd-12ab-34cd-56ef-1234567890ab',
    kmsOperation: 'Encrypt',
    kmsRequestId: '4112f4d6-db54-4af4-ae30-c55a22a8dfae',
    kmsViaService: 'ebs',
  },
  additionalAuthenticatedData: 'cHJvamVjdD1uaWxlLGRlcGFydG1lbnQ9bWFya2V0aW5n',
  plaintext: 'SGVsbG8gV29ybGQh',
  encryptionAlgorithm: 'AES_GCM',
  ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
};

// Values of the examples in the specification, version of 15 May 2024.
describe('the examples of the specification', () => {
  it('has the integrity value of appendix C', () => {
    const covered = {
      additionalAuthenticatedData: bytes(example.additionalAuthenticatedData),
      ciphertextMetadata: bytes('a2V5X3ZlcnNpb249MQ=='),
      initializationVector: bytes('HMrlRw85cAJUd5Ax'),
      ciphertext: bytes('ghxkK1txeDNn3q8Y'),
      authenticationTag: bytes('vBxN2ncH1oEkR8WVXpmyYQ=='),
    };
    const published = bytes('qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=');
    expect(Buffer.from(integrityValue(covered)).equals(published)).toBe(true);
    expect(integrityValueMatches(published, covered)).toBe(true);
    expect(integrityValueMatches(published.subarray(1), covered)).toBe(false);
    expect(integrityValueMatches(published, { ...covered, ciphertext: bytes('ghxkK1txeDNn3q8Z') })).toBe(false);
  });

  it('reads an Encrypt request, with members nobody knows yet', () => {
    const request = accepted(compile(xksOperations.Encrypt.input).decode(json({ ...example, later: { a: [1] } })));
    expect(request.plaintext.expose((plain) => Buffer.from(plain).toString())).toBe('Hello World!');
    expect(request.requestMetadata).toMatchObject({ kmsViaService: 'ebs' });
  });

  it.each(['requestMetadata', 'plaintext', 'encryptionAlgorithm'])('refuses Encrypt without %s', (member) => {
    const decoded = compile(xksOperations.Encrypt.input).decode(json({ ...example, [member]: undefined }));
    expect(refused(decoded).code).toBe('ConstraintsViolated');
  });

  it('refuses algorithms that are not of version 1', () => {
    for (const change of [{ encryptionAlgorithm: 'AES_CBC' }, { ciphertextDataIntegrityValueAlgorithm: 'MD5' }]) {
      expect(refused(compile(xksOperations.Encrypt.input).decode(json({ ...example, ...change }))).code).toBe(
        'ConstraintsViolated',
      );
    }
  });
});

describe('errors', () => {
  it.each(Object.entries(xksErrors))('%s is read with status %d alone', (name, status) => {
    const body = encodeXksError({ errorName: name as XksErrorName, errorMessage: 'why' });
    expect(parseXksError(status, body)).toBe(name);
    expect(parseXksError(418, body)).toBeUndefined();
  });

  it('keeps messages short and printable', () => {
    const body = encodeXksError({ errorName: 'InternalException', errorMessage: `é\n${'x'.repeat(600)}` });
    const { errorMessage } = JSON.parse(Buffer.from(body).toString()) as { errorMessage: string };
    expect(errorMessage).toMatch(/^[\x20-\x7e]{1,511}$/);
  });

  it.each(['', '{', 'null', '[]', '{"errorName":1}', '{"errorName":"constructor"}', '"ValidationException"'])(
    'takes no name from %j',
    (text) => {
      expect(parseXksError(400, new TextEncoder().encode(text))).toBeUndefined();
    },
  );
});
