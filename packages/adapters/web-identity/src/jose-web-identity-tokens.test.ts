import { accepted, refused } from '@keywarden/kernel/testing';
import { type JWTPayload, SignJWT, UnsecuredJWT, base64url, exportSPKI, importJWK } from 'jose';
import { inline, issuer, issuerSuite, signingKey } from './testing/issuer';

const invalid = { code: 'InvalidIdentityToken' };
const part = (value: object) => base64url.encode(JSON.stringify(value));

async function suite() {
  const key = await signingKey();
  return { key, ...issuerSuite(inline(key.jwk)) };
}

describe('a web identity token', () => {
  it('says who somebody is', async () => {
    const { key, sign, verify, seconds } = await suite();
    const tags = { 'https://aws.amazon.com/tags': { principal_tags: { team: ['keys'] } } };
    const token = await sign(key, { nbf: seconds, azp: 'other-client', amr: ['mfa'], ...tags });
    expect(accepted(await verify(token))).toEqual({
      ...{ issuer, subject: 'repo:keys:main', audiences: ['sts'], authorizedParty: 'other-client' },
      ...{ expiresAt: (seconds + 300) * 1_000, notBefore: seconds * 1_000, methods: ['mfa'] },
      tags: [{ key: 'team', value: 'keys' }],
    });
  });

  it.each(['RS256', 'EdDSA'])('may be signed with %s', async (alg) => {
    const key = await signingKey('k1', alg);
    const { sign, verify } = issuerSuite(inline(key.jwk));
    accepted(await verify(await sign(key, {}, { alg })));
  });

  it('may leave out its key id when only one key fits', async () => {
    const { key, sign, verify } = await suite();
    accepted(await verify(await sign(key, {}, { kid: undefined })));
  });

  it.each<[string, (seconds: number) => JWTPayload, string]>([
    ['for another audience', () => ({ aud: 'evil' }), 'IdpRejectedClaim'],
    ['for no audience', () => ({ aud: undefined }), 'IdpRejectedClaim'],
    ['for an empty list of audiences', () => ({ aud: [] }), 'IdpRejectedClaim'],
    ['for several audiences, issued to nobody', () => ({ aud: ['sts', 'evil'] }), 'IdpRejectedClaim'],
    ['issued to another client', () => ({ azp: 'evil' }), 'IdpRejectedClaim'],
    ['of no subject', () => ({ sub: undefined }), 'IdpRejectedClaim'],
    ['of an empty subject', () => ({ sub: '' }), 'IdpRejectedClaim'],
    ['of a subject above 255 characters', () => ({ sub: 'x'.repeat(256) }), 'IdpRejectedClaim'],
    ['that never expires', () => ({ exp: undefined }), 'IdpRejectedClaim'],
    ['that was issued at no time', () => ({ iat: undefined }), 'IdpRejectedClaim'],
    ['with transitive tags', () => ({ 'https://aws.amazon.com/tags/transitive_tag_keys': ['a'] }), 'IdpRejectedClaim'],
    ['that has expired', (now) => ({ exp: now - 30 }), 'ExpiredIdentityToken'],
    ['that does not count yet', (now) => ({ nbf: now + 31 }), 'InvalidIdentityToken'],
    ['from the future', (now) => ({ iat: now + 31 }), 'InvalidIdentityToken'],
    ['that expires beyond all dates', () => ({ exp: 1e300 }), 'InvalidIdentityToken'],
    ['of another issuer', () => ({ iss: 'https://evil.example.com' }), 'InvalidIdentityToken'],
    ['of an issuer spelled differently', () => ({ iss: `${issuer}/` }), 'InvalidIdentityToken'],
    [
      'with a tag of two values',
      () => ({ 'https://aws.amazon.com/tags': { principal_tags: { a: ['1', '2'] } } }),
      'InvalidIdentityToken',
    ],
  ])('is refused %s', async (_what, claims, code) => {
    const { key, sign, verify, seconds } = await suite();
    expect(refused(await verify(await sign(key, claims(seconds))))).toEqual({ code });
  });

  it('is allowed a clock that is a little off', async () => {
    const { key, sign, verify, seconds } = await suite();
    accepted(await verify(await sign(key, { nbf: seconds + 30, iat: seconds + 30, exp: seconds - 29 })));
  });

  it('is refused when the caller does not ask for its issuer', async () => {
    const { key, sign, tokens } = await suite();
    expect(refused(await tokens.verify(await sign(key), ['https://other.example.com']))).toEqual(invalid);
  });

  it.each<[string, object]>([
    ['an extension that must be understood', { crit: ['b64'], b64: true }],
    ['the type of an access token', { typ: 'at+jwt' }],
    ['the type of a logout token', { typ: 'logout+jwt' }],
  ])('is refused with %s', async (_what, header) => {
    const { key, sign, verify } = await suite();
    expect(refused(await verify(await sign(key, {}, header)))).toEqual(invalid);
  });
});

describe('a forged token', () => {
  it('is refused without a signature', async () => {
    const { verify, standard } = await suite();
    const none = new UnsecuredJWT(standard).encode();
    const spelled = ['none', 'None', 'NONE', 'nOnE'].flatMap((alg) => {
      const start = `${part({ alg, kid: 'k1' })}.${part(standard)}`;
      return [`${start}.`, `${start}.AAAA`];
    });
    for (const token of [none, ...spelled]) expect(refused(await verify(token))).toEqual(invalid);
  });

  it('is refused when the public key was used as an HMAC secret', async () => {
    const key = await signingKey('k1', 'RS256');
    const { verify, standard } = issuerSuite(inline(key.jwk));
    const pem = await exportSPKI((await importJWK(key.jwk, 'RS256')) as CryptoKey);
    for (const secret of [pem, pem.trim(), JSON.stringify(key.jwk), String(key.jwk.n)]) {
      const forged = await new SignJWT(standard)
        .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
        .sign(new TextEncoder().encode(secret));
      expect(refused(await verify(forged))).toEqual(invalid);
    }
  });

  it('is refused with the key of somebody else, whatever keys it brings along', async () => {
    const { sign, verify } = await suite();
    const thief = await signingKey();
    const brought = {
      jwk: thief.jwk,
      jku: 'https://evil.example.com/jwks',
      x5u: 'https://evil.example.com',
      x5c: ['AA=='],
    };
    expect(refused(await verify(await sign(thief)))).toEqual(invalid);
    expect(refused(await verify(await sign(thief, {}, brought)))).toEqual(invalid);
    expect(refused(await verify(await sign(thief, {}, { ...brought, kid: undefined })))).toEqual(invalid);
  });

  it('is not made valid nor invalid by keys it brings along when the issuer signed it', async () => {
    const { key, sign, verify } = await suite();
    accepted(await verify(await sign(key, {}, { jku: 'https://evil.example.com/jwks' })));
  });

  it('is refused with another payload, a cut signature, or in another shape', async () => {
    const { key, sign, verify, standard } = await suite();
    const [header, payload, signature = ''] = (await sign(key)).split('.');
    const wrong = [
      `${header}.${part({ ...standard, sub: 'root' })}.${signature}`,
      `${header}.${payload}.${signature.slice(4)}`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature}.${signature}.${signature}`,
      `${header}.${payload}.${signature}=`,
      ` ${header}.${payload}.${signature}`,
      `${part([])}.${payload}.${signature}`,
      `bnVsbA.bnVsbA.bnVsbA`,
      '',
      'a.b.c',
    ];
    for (const token of wrong) expect(refused(await verify(token))).toEqual(invalid);
  });

  it('is refused above 20,000 characters, even when rightly signed', async () => {
    const { key, sign, verify } = await suite();
    accepted(await verify(await sign(key, { more: 'x'.repeat(10_000) })));
    expect(refused(await verify(await sign(key, { more: 'x'.repeat(20_000) })))).toEqual(invalid);
  });

  it('is refused with an algorithm the issuer does not use', async () => {
    const key = await signingKey('k1', 'RS256');
    const { sign, verify } = issuerSuite(inline(key.jwk), { algorithms: ['ES256'] });
    expect(refused(await verify(await sign(key, {}, { alg: 'RS256' })))).toEqual(invalid);
  });

  it('is refused when two keys have its key id', async () => {
    const [key, twin] = [await signingKey(), await signingKey()];
    const { sign, verify } = issuerSuite(inline(key.jwk, twin.jwk));
    expect(refused(await verify(await sign(key)))).toEqual(invalid);
    expect(refused(await verify(await sign(twin)))).toEqual(invalid);
  });
});

describe('the configuration of an issuer', () => {
  it.each<[string, Parameters<typeof issuerSuite>]>([
    ['an HMAC', [inline(), { algorithms: ['HS256' as 'RS256'] }]],
    ['no signature', [inline(), { algorithms: ['none' as 'RS256'] }]],
    ['no algorithm', [inline(), { algorithms: [] }]],
    ['no audience', [inline(), { audiences: [] }]],
    ['an issuer without https', [inline(), { issuer: 'http://token.example.com' }]],
    ['a symmetric key', [inline({ kty: 'oct', k: 'AAAA' })]],
    ['a private key', [inline({ kty: 'EC', d: 'AAAA' })]],
    ['keys over plain http', [{ kind: 'Url', url: 'http://token.example.com/jwks' }]],
    ['keys of a name that only looks like loopback', [{ kind: 'Url', url: 'http://127.0.0.1.example.com/jwks' }]],
    ['keys from a file URL', [{ kind: 'Url', url: 'file:///etc/jwks' }]],
    ['credentials in a URL', [{ kind: 'Url', url: 'https://a:b@token.example.com/jwks' }]],
  ])('is refused with %s', (_what, parameters) => {
    expect(() => issuerSuite(...parameters)).toThrow(TypeError);
  });

  it('may allow keys over plain http on purpose', () => {
    expect(() => issuerSuite({ kind: 'Url', url: 'http://idp.internal/jwks', allowPlainHttp: true })).not.toThrow();
  });
});
