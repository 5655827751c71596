import type { SigningCredentials } from './signing-credential';
import { headerPairs } from './signed-request';
import { SigV4Verifier } from './sigv4-verifier';
import { now, secretAccessKey, secretOf, signedRequest } from './testing/fixtures';

const verifierWith = (findSigningSecret: SigningCredentials<string>['findSigningSecret']): SigV4Verifier<string> =>
  new SigV4Verifier({
    regions: new Set(['eu-central-1']),
    services: new Set(['kms']),
    credentials: { findSigningSecret },
  });
const alice = { secretAccessKey, principal: 'alice' };

describe('SigV4Verifier', () => {
  it('answers without a promise when the lookup does', () => {
    expect(verifierWith(() => alice).verify(signedRequest(), now)).toEqual({
      ok: true,
      value: {
        principal: 'alice',
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        region: 'eu-central-1',
        service: 'kms',
        signedAt: now,
      },
    });
  });

  it('waits for a lookup that takes time', async () => {
    const verifier = verifierWith(() => Promise.resolve(alice));
    const answer = verifier.verify(signedRequest(), now);
    expect(answer).toBeInstanceOf(Promise);
    expect((await answer).ok).toBe(true);
    const unknown = verifierWith(() => Promise.resolve(undefined));
    expect(await unknown.verify(signedRequest(), now)).toEqual({ ok: false, refusal: { code: 'UnrecognizedClient' } });
  });

  it('lets a fault of the lookup fly', async () => {
    const gone = new Error('the store is gone');
    await expect(verifierWith(() => Promise.reject(gone)).verify(signedRequest(), now)).rejects.toBe(gone);
    expect(() =>
      verifierWith(() => {
        throw gone;
      }).verify(signedRequest(), now),
    ).toThrow(gone);
  });

  it('asks for no credential before the request is worth it', () => {
    const asked: string[] = [];
    const verifier = verifierWith((id) => {
      asked.push(id);
      return alice;
    });
    const result = verifier.verify({ ...signedRequest(), headers: [['Host', 'a']] }, now);
    expect([result, asked]).toEqual([{ ok: false, refusal: { code: 'MissingAuthenticationToken' } }, []]);
  });

  it('hands the presented token to the lookup', () => {
    let presented: string | undefined;
    const verifier = verifierWith((_id, token) => {
      presented = token;
      return { code: 'SessionTokenUnrecognised' };
    });
    const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey, sessionToken: secretOf('token//==') };
    void verifier.verify(signedRequest({ credentials }), now);
    expect(presented).toBe('token//==');
  });

  it('refuses the old secret at once when the lookup gives a new one, and after forget', () => {
    let current = secretAccessKey;
    const verifier = verifierWith(() => ({ secretAccessKey: current, principal: 'alice' }));
    const request = signedRequest();
    expect(verifier.verify(request, now)).toMatchObject({ ok: true });
    current = secretOf('a new secret access key');
    expect(verifier.verify(request, now)).toMatchObject({ ok: false, refusal: { code: 'SignatureMismatch' } });
    verifier.forget('AKIAIOSFODNN7EXAMPLE');
    current = secretAccessKey;
    expect(verifier.verify(request, now)).toMatchObject({ ok: true });
  });
});

describe('headerPairs', () => {
  it('keeps order and repeated names', () => {
    expect(headerPairs(['A', '1', 'b', '2', 'A', '3'])).toEqual([
      ['A', '1'],
      ['b', '2'],
      ['A', '3'],
    ]);
  });
});
