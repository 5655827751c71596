import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepted, refused } from '@keywarden/kernel/testing';
import { issuerSuite, signingKey } from './testing/issuer';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { asked, keys: { kind: 'Url', url: `http://127.0.0.1:${port}/jwks` } as const };
}

const json =
  (value: () => unknown): RequestListener =>
  (_request, response) =>
    response.end(JSON.stringify(value()));
const down = { code: 'IdpCommunicationError' };
const invalid = { code: 'InvalidIdentityToken' };

describe('the keys of an issuer', () => {
  it('are asked for once while they are young, and again when they are old', async () => {
    const key = await signingKey();
    const { asked, keys } = await serve(json(() => ({ keys: [key.jwk] })));
    const { sign, verify, clock } = issuerSuite(keys);
    const token = await sign(key);
    await Promise.all(Array.from({ length: 20 }, async () => accepted(await verify(token))));
    expect(asked).toHaveLength(1);
    clock.advance(600_000);
    expect(refused(await verify(token))).toEqual({ code: 'ExpiredIdentityToken' });
    expect(asked).toHaveLength(2);
  });

  it('are not asked for by tokens of other issuers or with other algorithms', async () => {
    const key = await signingKey();
    const { asked, keys } = await serve(json(() => ({ keys: [key.jwk] })));
    const { sign, verify, tokens } = issuerSuite(keys, { algorithms: ['RS256'] });
    await verify(await sign(key));
    await verify(await sign(key, { iss: 'https://evil.example.com' }));
    await tokens.verify(await sign(key), []);
    expect(asked).toHaveLength(0);
  });

  it('are asked for again by a new key id, once the cool-down is over', async () => {
    const [first, second] = [await signingKey('k1'), await signingKey('k2')];
    const published = [first.jwk];
    const { asked, keys } = await serve(json(() => ({ keys: published })));
    const { sign, verify, clock } = issuerSuite(keys);
    accepted(await verify(await sign(first)));
    published.push(second.jwk);
    clock.advance(29_999);
    expect(refused(await verify(await sign(second)))).toEqual(invalid);
    clock.advance(1);
    accepted(await verify(await sign(second)));
    expect(asked).toHaveLength(2);
  });

  it('are asked for twice at most by a flood of unknown key ids', async () => {
    const key = await signingKey();
    const { asked, keys } = await serve(json(() => ({ keys: [key.jwk] })));
    const { sign, verify, clock } = issuerSuite(keys);
    accepted(await verify(await sign(key)));
    clock.advance(30_000);
    const flood = await Promise.all(Array.from({ length: 100 }, (_, n) => sign(key, {}, { kid: `unknown-${n}` })));
    for (const answer of await Promise.all(flood.map(verify))) expect(refused(answer)).toEqual(invalid);
    expect(asked).toHaveLength(2);
  });

  it('count for an hour while the issuer is down, and no longer', async () => {
    const key = await signingKey();
    let works = true;
    const { keys } = await serve((_request, response) => {
      response.statusCode = works ? 200 : 503;
      response.end(JSON.stringify({ keys: [key.jwk] }));
    });
    const { sign, verify, clock, seconds } = issuerSuite(keys);
    const token = await sign(key, { exp: seconds + 86_400 });
    accepted(await verify(token));
    works = false;
    clock.advance(3_599_999);
    accepted(await verify(token));
    clock.advance(1);
    expect(refused(await verify(token))).toEqual(down);
    works = true;
    clock.advance(30_000);
    accepted(await verify(token));
  });

  it('no longer count when the issuer withdraws them', async () => {
    const key = await signingKey();
    const published = [key.jwk];
    const { keys } = await serve(json(() => ({ keys: published })));
    const { sign, verify, clock, seconds } = issuerSuite(keys);
    const token = await sign(key, { exp: seconds + 86_400 });
    accepted(await verify(token));
    published.pop();
    clock.advance(600_000);
    expect(refused(await verify(token))).toEqual(invalid);
  });

  it('do not count when they are symmetric or published with their private half', async () => {
    const key = await signingKey();
    const leaked = { ...key.jwk, d: 'AAAA' };
    const { keys } = await serve(json(() => ({ keys: [leaked, { kty: 'oct', k: 'AAAA', kid: 'k1' }, null, 7] })));
    const { sign, verify } = issuerSuite(keys);
    expect(refused(await verify(await sign(key)))).toEqual(invalid);
  });

  it.each<[string, RequestListener]>([
    ['is huge', (_request, response) => response.end(`{"keys":[],"more":"${'x'.repeat(300_000)}"}`)],
    ['is no JSON', (_request, response) => response.end('<html>')],
    ['is no key set', json(() => ({ keys: 'none' }))],
    ['has too many keys', json(() => ({ keys: Array.from({ length: 101 }, () => ({ kty: 'EC' })) }))],
    ['is missing', (_request, response) => response.writeHead(404).end()],
    ['never comes', () => undefined],
    ['never ends', (_request, response) => response.write('{')],
  ])('cannot be had when the answer %s', async (_what, answer) => {
    const key = await signingKey();
    const { asked, keys } = await serve(answer);
    const { sign, verify } = issuerSuite(keys, {}, { loadTimeoutMs: 300 });
    expect(refused(await verify(await sign(key)))).toEqual(down);
    expect(refused(await verify(await sign(key)))).toEqual(down);
    expect(asked).toHaveLength(1);
  });

  it.each([301, 302, 307, 308])('are not fetched from where a redirect with status %i points to', async (status) => {
    const key = await signingKey();
    const target = await serve(json(() => ({ keys: [key.jwk] })));
    const { keys } = await serve((_request, response) =>
      response.writeHead(status, { location: target.keys.url }).end(),
    );
    const { sign, verify } = issuerSuite(keys);
    expect(refused(await verify(await sign(key)))).toEqual(down);
    expect(target.asked).toHaveLength(0);
  });

  it('may come from a file, which must be there and of bearable size', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oidc-'));
    const path = join(folder, 'jwks.json');
    const key = await signingKey();
    const { sign, verify, clock } = issuerSuite({ kind: 'File', path });
    const token = await sign(key);
    expect(refused(await verify(token))).toEqual(down);
    await writeFile(path, JSON.stringify({ keys: [key.jwk] }).padEnd(300_000));
    clock.advance(30_000);
    expect(refused(await verify(token))).toEqual(down);
    await writeFile(path, JSON.stringify({ keys: [key.jwk] }));
    clock.advance(30_000);
    accepted(await verify(token));
    await rm(folder, { recursive: true });
  });
});
