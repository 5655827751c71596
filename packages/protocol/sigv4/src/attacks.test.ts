import fc from 'fast-check';
import type { SigV4Refusal } from './refusal';
import type { HeaderPair, SignedRequest } from './signed-request';
import { headerOf, plusHeader, signedRequest, verifierOf, withHeader } from './testing/fixtures';

const verifier = verifierOf();
const request = signedRequest();
const mismatch = { code: 'SignatureMismatch' };

function refusalOf(changed: SignedRequest): SigV4Refusal {
  const result = verifier.verify(changed);
  if (result.ok) throw new Error('the forged request was accepted');
  return result.refusal;
}

const resigned = (change: (signature: string) => string): SignedRequest =>
  withHeader(request, 'Authorization', (value) => value.replace(/[0-9a-f]{64}$/, change));

const reSigned = (change: (names: string) => string): SignedRequest =>
  withHeader(request, 'Authorization', (value) =>
    value.replace(/SignedHeaders=([^,]*)/, (_all, names: string) => `SignedHeaders=${change(names)}`),
  );

describe('a forged request', () => {
  it('is refused, while the untouched one is accepted', () => {
    expect(verifier.verify(request)).toMatchObject({ ok: true, value: { principal: 'alice', service: 'kms' } });
  });

  it.each([
    ['cut short', (signature: string) => signature.slice(0, -1)],
    ['cut to nothing but one byte', (signature: string) => signature.slice(0, 2)],
    ['extended', (signature: string) => `${signature}00`],
    ['in upper case', (signature: string) => signature.toUpperCase()],
    ['of zeros', () => '0'.repeat(64)],
    ['that is no hexadecimal', () => 'g'.repeat(64)],
  ])('is refused with a signature %s', (_what, change) => {
    expect(refusalOf(resigned(change))).toMatchObject(mismatch);
  });

  it('is refused when any byte of the body, the target or a signed header value is another', () => {
    const host = headerOf(request, 'Host');
    const signed = ['Content-Type', 'X-Amz-Target', 'X-Amz-Date', 'amz-sdk-request', 'X-Amz-User-Agent'];
    const withQuery = signedRequest({ url: `http://${host}/path/of/it?list=1&x=abc` });
    expect(verifier.verify(withQuery).ok).toBe(true);
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (seed, mask) => {
        const body = Buffer.from(request.body);
        const place = seed % body.length;
        body[place] = (body[place] ?? 0) ^ mask;
        expect(refusalOf({ ...request, body })).toMatchObject(mismatch);
      }),
    );
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0x21, max: 0x7e }), (seed, code) => {
        for (const name of [...signed, 'Host']) {
          const value = headerOf(request, name);
          const place = seed % value.length;
          if (value.charCodeAt(place) === code || value[place] === ' ') continue;
          const changed = value.slice(0, place) + String.fromCharCode(code) + value.slice(place + 1);
          refusalOf(withHeader(request, name, () => changed));
        }
        const { target } = withQuery;
        const place = seed % target.length;
        const changed = target.slice(0, place) + String.fromCharCode(code) + target.slice(place + 1);
        if (changed !== target) refusalOf({ ...withQuery, target: changed });
      }),
    );
  });

  it.each(['PUT', 'GET', 'post', 'POST ', ''])('is refused with the method %j', (method) => {
    refusalOf({ ...request, method });
  });

  it.each(['http://other.example.com/', '*', '', 'kms', '/\u1234', '/a b\n', '//\u0000'])(
    'is refused with the target %j',
    (target) => {
      expect(refusalOf({ ...request, target })).toMatchObject({ code: 'RequestMalformed', part: 'target' });
    },
  );

  it.each(['/?a=%', '/?a=%4', '/?%zz=1'])('is refused with the malformed escape in %s', (target) => {
    expect(refusalOf({ ...request, target })).toEqual({ code: 'RequestMalformed', part: 'query escape' });
  });
});

describe('the signature in the query', () => {
  const query = '/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=host';

  it('does not stand in for the header', () => {
    const presigned = withHeader({ ...request, target: query }, 'Authorization', () => undefined);
    expect(refusalOf(presigned)).toEqual({ code: 'MissingAuthenticationToken' });
  });

  it.each([query, '/?x-amz-signature=1', '/?X-Amz-Signatur%65=1'])('is refused beside the header: %s', (target) => {
    const signed = signedRequest({ url: `http://kms.example.com${target}` });
    expect(refusalOf({ ...signed, target })).toEqual({ code: 'SignatureInQueryAndHeader' });
  });
});

describe('headers outside the signature', () => {
  it.each(['x-amz-target', 'x-amz-date', 'host'])('are refused when %s was left out of SignedHeaders', (name) => {
    const without = reSigned((names) =>
      names
        .split(';')
        .filter((given) => given !== name)
        .join(';'),
    );
    expect(refusalOf(without)).toEqual({ code: 'HeaderNotSigned', name });
  });

  it('are refused when an x-amz- header was added on the way', () => {
    expect(refusalOf(plusHeader(request, 'X-AMZ-Extra', '1'))).toEqual({
      code: 'HeaderNotSigned',
      name: 'x-amz-extra',
    });
  });

  it('are fine when the name does not start with x-amz-', () => {
    const traced = plusHeader(plusHeader(request, 'X-Amzn-Trace-Id', 'Root=1'), 'Accept', '*/*');
    expect(verifier.verify(traced).ok).toBe(true);
  });

  it.each([
    ['unsorted', (names: string) => names.split(';').reverse().join(';')],
    ['in upper case', (names: string) => names.toUpperCase()],
    ['repeated', (names: string) => `${names};x-amz-user-agent`],
    ['with an empty one', (names: string) => `;${names}`],
    ['with one of them empty at the end', (names: string) => `${names};`],
  ])('are refused with signed header names %s', (_what, change) => {
    expect(refusalOf(reSigned(change))).toEqual({ code: 'SignedHeadersMalformed' });
  });

  it('are refused when a signed header is not there', () => {
    expect(refusalOf(reSigned((names) => `${names};x-z`))).toEqual({ code: 'SignedHeaderAbsent', name: 'x-z' });
    expect(refusalOf(withHeader(request, 'Content-Type', () => undefined))).toEqual({
      code: 'SignedHeaderAbsent',
      name: 'content-type',
    });
  });
});

describe('repeated headers', () => {
  it.each(['Authorization', 'Host', 'X-Amz-Date', 'X-Amz-Target', 'Content-Type'])('are refused for %s', (name) => {
    const copied = plusHeader(request, name.toLowerCase(), headerOf(request, name));
    expect(refusalOf(copied)).toEqual({ code: 'HeaderRepeated', name: name.toLowerCase() });
  });

  it('count with all their values in the order sent', () => {
    const signed = signedRequest({
      headers: [
        ['x-amz-a', '1'],
        ['x-b', '1'],
        ['X-B', ' 2  3 '],
      ],
    });
    expect(verifier.verify(signed).ok).toBe(true);
    expect(refusalOf(plusHeader(signed, 'x-amz-a', '2'))).toMatchObject(mismatch);
    const swapped = signed.headers.map(([name, value]): HeaderPair => [
      name,
      name === 'x-b' ? '2 3' : name === 'X-B' ? '1' : value,
    ]);
    expect(refusalOf({ ...signed, headers: swapped })).toMatchObject(mismatch);
  });
});

describe('tricks with white space and characters', () => {
  it('folds blanks around and inside values, as signers do', () => {
    const padded = withHeader(request, 'amz-sdk-request', (value) => ` \t${value.replace(' ', '  \t ')}\t `);
    expect(verifier.verify(padded).ok).toBe(true);
  });

  it('keeps blanks that separate words', () => {
    expect(refusalOf(withHeader(request, 'amz-sdk-request', (value) => value.replace(' ', '')))).toMatchObject(
      mismatch,
    );
  });

  it.each(['Host ', ' Host', 'x-amz-target\t', 'x-amz-target:', 'x\u212a', 'a\nb', '', ':authority'])(
    'refuses the header name %j',
    (name) => {
      expect(refusalOf(plusHeader(request, name, 'x'))).toEqual({ code: 'RequestMalformed', part: 'header name' });
    },
  );

  it.each(['a\r\nx-amz-target:b', 'a\nb', 'a\u0000', 'a\u007f', '\u0134'])('refuses the header value %j', (value) => {
    expect(refusalOf(plusHeader(request, 'x-other', value))).toEqual({
      code: 'RequestMalformed',
      part: 'header value',
    });
  });

  it('does bounded work for very long and very many headers', () => {
    const long = plusHeader(request, 'x-other', ' '.repeat(60_000));
    expect(verifier.verify(long).ok).toBe(true);
    const pieces = withHeader(request, 'Authorization', () => `AWS4-HMAC-SHA256 ${', '.repeat(30_000)}`);
    expect(refusalOf(pieces).code).toBe('AuthorizationIncomplete');
    const size = { code: 'RequestMalformed', part: 'size' };
    expect(refusalOf(plusHeader(request, 'x-other', 'a'.repeat(65_536)))).toEqual(size);
    const many = Array.from({ length: 200 }, (_, index): HeaderPair => [`x-${index}`, '']);
    expect(refusalOf({ ...request, headers: [...request.headers, ...many] })).toEqual(size);
    expect(refusalOf({ ...request, target: `/${'a'.repeat(8_192)}` })).toEqual(size);
  });
});

describe('x-amz-content-sha256', () => {
  const withHash = (value: string): SignedRequest => signedRequest({ headers: [['x-amz-content-sha256', value]] });

  it.each(['UNSIGNED-PAYLOAD', '0'.repeat(64)])('is a header only: %s does not excuse the body', (value) => {
    const signed = withHash(value);
    expect(verifier.verify(signed).ok).toBe(true);
    expect(refusalOf({ ...signed, body: Buffer.from('other') })).toMatchObject(mismatch);
    expect(refusalOf(withHeader(signed, 'x-amz-content-sha256', () => 'STREAMING'))).toMatchObject(mismatch);
  });

  it('does not become the payload hash of the canonical request', () => {
    const unsignedPayload = signedRequest({ headers: [['x-amz-content-sha256', 'UNSIGNED-PAYLOAD']] });
    expect(refusalOf({ ...unsignedPayload, body: Buffer.alloc(0) })).toMatchObject(mismatch);
  });
});
