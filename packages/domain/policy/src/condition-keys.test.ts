import { parsePolicy } from './parse-policy';

const withKey = (key: string) =>
  parsePolicy(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 'a:b', Resource: '*', Condition: { StringEquals: { [key]: 'x' } } },
      ],
    }),
    { kind: 'resource', maxBytes: 200_000 },
  ).ok;

describe('the name of a condition key', () => {
  it.each([
    'aws:username',
    'kms:EncryptionContext:tenant',
    'token.example.com:sub',
    'oidc.example.com/id/EXAMPLED539D4633E53DE1B716D3041E:aud',
    'https-less_issuer.example.com/a-b:amr',
  ])('may be %s', (key) => {
    expect(withKey(key)).toBe(true);
  });

  it.each(['', 'username', ':sub', 'aws:', ' aws:username', 'a b:c', './:x'])('may not be %j', (key) => {
    expect(withKey(key)).toBe(false);
  });

  it('costs no more than its length to refuse', () => {
    const started = performance.now();
    expect(withKey('a.-_/'.repeat(20_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
