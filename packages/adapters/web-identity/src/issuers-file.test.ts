import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettableClock } from '@keywarden/kernel/testing';
import { readIssuersFile } from './issuers-file';
import { issuer, issuerSuite, signingKey } from './testing/issuer';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-issuers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const accounts = { '111122223333': ['sts'], '444455556666': ['sts', 'other-client'] };
const entry = { issuer, accounts, jwksUrl: 'https://token.example.com/keys' };

async function reading(content: unknown) {
  const path = join(folder, 'issuers.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readIssuersFile(path, new SettableClock());
}

describe('the issuers of a file', () => {
  it('are believed by the accounts that name them, each with its audiences, with keys from a file beside it', async () => {
    const key = await signingKey();
    await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [key.jwk] }));
    const { tokens, providers } = await reading({ issuers: [{ issuer, accounts, jwksFile: 'keys.json' }] });
    expect(providers).toEqual([
      { account: '111122223333', issuer, clientIds: ['sts'] },
      { account: '444455556666', issuer, clientIds: ['sts', 'other-client'] },
    ]);
    const { sign } = issuerSuite({ kind: 'File', path: join(folder, 'keys.json') });
    expect(await tokens.verify(await sign(key), [issuer])).toMatchObject({ ok: true });
    const other = await sign(await signingKey());
    expect(await tokens.verify(other, [issuer])).toEqual({ ok: false, refusal: { code: 'InvalidIdentityToken' } });
  });

  it('are not asked for their keys before a token comes', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end('{"keys":[]}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const { tokens } = await reading({ issuers: [{ ...entry, jwksUrl: `http://127.0.0.1:${port}/keys` }] });
    expect(asked).toBe(0);
    const { sign } = issuerSuite({ kind: 'Inline', jwks: { keys: [] } });
    await tokens.verify(await sign(await signingKey()), [issuer]);
    expect(asked).toBeGreaterThan(0);
    await new Promise((done) => server.close(done));
  });

  it('may be none', async () => {
    expect((await reading({ issuers: [] })).providers).toEqual([]);
  });
});

describe('a file that cannot be meant ends the start with one line', () => {
  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'it is no JSON'],
    ['no list', { issuers: {} }, 'issuers must be a list'],
    ['a member too many', { issuers: [], issuer: [] }, 'issuer is not known'],
    ['a misspelt member', { issuers: [{ ...entry, jwks_url: 'x' }] }, 'issuers.0.jwks_url is not known'],
    ['no accounts', { issuers: [{ ...entry, accounts: {} }] }, `${issuer}: accounts are missing`],
    [
      'a wildcard account',
      { issuers: [{ ...entry, accounts: { '*': ['sts'] } }] },
      'issuers.0.accounts.* is no account',
    ],
    ['no audience', { issuers: [{ ...entry, accounts: { '111122223333': [] } }] }, 'must name an audience'],
    ['an empty audience', { issuers: [{ ...entry, accounts: { '111122223333': [''] } }] }, 'must not be empty'],
    [
      'an issuer without https',
      { issuers: [{ ...entry, issuer: 'http://token.example.com' }] },
      'not an issuer: http:',
    ],
    ['an issuer twice', { issuers: [entry, entry] }, `${issuer} is configured twice`],
    ['no keys', { issuers: [{ ...entry, jwksUrl: undefined }] }, 'one of jwksUrl and jwksFile is needed'],
    ['keys twice', { issuers: [{ ...entry, jwksFile: 'keys.json' }] }, 'one of jwksUrl and jwksFile is needed'],
    ['keys over plain http', { issuers: [{ ...entry, jwksUrl: 'http://token.example.com/' }] }, 'must come over https'],
    ['algorithms none', { issuers: [{ ...entry, algorithms: ['none'] }] }, 'is no signature algorithm'],
    ['an HMAC', { issuers: [{ ...entry, algorithms: ['HS256'] }] }, 'is no signature algorithm'],
    ['a key file that is missing', { issuers: [{ issuer, accounts, jwksFile: 'none.json' }] }, 'cannot be used'],
    ['a key file that is none', { issuers: [{ issuer, accounts, jwksFile: 'issuers.json' }] }, 'cannot be used'],
    ['too much', JSON.stringify({ issuers: [], more: 'x'.repeat(1_100_000) }), 'it is too large'],
  ])('with %s', async (_what, content, line) => {
    const refused = reading(content);
    await expect(refused).rejects.toThrow(line);
    await expect(refused).rejects.toThrow(/^[^\n]+$/);
  });
});
