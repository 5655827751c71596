import { soleRootKey } from '@keywarden/crypto';
import { InMemoryDomainKeys, InMemoryRootKey } from '@keywarden/crypto/testing';
import { aGrant, numberedGrantId } from '@keywarden/grants/testing';
import fc from 'fast-check';
import { elsewhere, ireland, numberedKeyId, numberedMultiRegionKeyId } from '@keywarden/keys/testing';
import { DomainKeys } from './domain-keys';
import { NodeGrantTokens } from './node-grant-tokens';

const root = new InMemoryRootKey();
const repository = new InMemoryDomainKeys();
const node = (): NodeGrantTokens => new NodeGrantTokens(new DomainKeys(soleRootKey(root), repository));
const grant = aGrant();
const { key } = grant;

describe('grant tokens', () => {
  it('name their grant, on every node', async () => {
    const token = await node().issue(grant);
    expect(node().claimed(token)).toEqual({ key: { region: key.region, id: key.id }, grantId: grant.id });
    expect(await node().read(token, key)).toBe(grant.id);
  });

  it('work for multi-Region keys, whose ids have another form', async () => {
    const shared = { ...key, id: numberedMultiRegionKeyId(1) };
    const token = await node().issue({ ...grant, key: shared });
    expect(await node().read(token, shared)).toBe(grant.id);
  });

  it('are short text, and another one each time', async () => {
    const tokens = node();
    const [first, second] = [await tokens.issue(grant), await tokens.issue(grant)];
    expect(first).not.toBe(second);
    for (const token of [first, second]) expect(token).toMatch(/^[A-Za-z0-9_-]{1,400}$/);
    expect(await tokens.read(second, key)).toBe(grant.id);
  });

  it('are of no use for another key, account or Region', async () => {
    const token = await node().issue(grant);
    const others = [
      { ...key, id: numberedKeyId(9) },
      { ...key, ...elsewhere },
      { ...key, region: ireland },
    ];
    for (const other of others) expect(await node().read(token, other)).toBeUndefined();
  });

  it('are refused with any bit changed, cut or added', async () => {
    const tokens = node();
    const token = await tokens.issue(grant);
    const bytes = Buffer.from(token, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = bytes[index]! ^ 1;
      expect(await tokens.read(changed.toString('base64url'), key)).toBeUndefined();
    }
    for (const other of [token.slice(0, -4), `${token}AAAA`, `${token}=`, ` ${token}`, token.slice(1), '']) {
      expect(tokens.claimed(other)).toBeUndefined();
      expect(await tokens.read(other, key)).toBeUndefined();
    }
  });

  it('cannot be put together from two of them', async () => {
    const tokens = node();
    const [own, other] = [await tokens.issue(grant), await tokens.issue({ ...grant, id: numberedGrantId(2) })];
    const [one, two] = [Buffer.from(own, 'base64url'), Buffer.from(other, 'base64url')];
    const mixed = Buffer.concat([two.subarray(0, -32), one.subarray(-32)]).toString('base64url');
    expect(tokens.claimed(mixed)?.grantId).toBe(numberedGrantId(2));
    expect(await tokens.read(mixed, key)).toBeUndefined();
  });

  it('of another installation are refused', async () => {
    const stranger = new NodeGrantTokens(new DomainKeys(soleRootKey(new InMemoryRootKey()), new InMemoryDomainKeys()));
    expect(await node().read(await stranger.issue(grant), key)).toBeUndefined();
  });

  it('hold no secret in clear, and seal one MAC key for many tokens', async () => {
    const domainKeys = new DomainKeys(soleRootKey(root), repository);
    const seal = jest.spyOn(domainKeys, 'seal');
    let now = 0;
    const tokens = new NodeGrantTokens(domainKeys, {
      cache: { maxEntries: 10, maxAgeMs: 1_000 },
      monotonicNow: () => now,
    });
    for (let count = 0; count < 20; count += 1) await tokens.issue(grant);
    expect(seal).toHaveBeenCalledTimes(1);
    now = 1_000;
    await tokens.issue(grant);
    expect(seal).toHaveBeenCalledTimes(2);
  });

  it('never make a fault of arbitrary text', async () => {
    const tokens = node();
    const noise = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from([1, ...bytes]).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(noise, async (text) => {
        expect(await tokens.read(text, key)).toBeUndefined();
      }),
    );
    expect(await tokens.read('A'.repeat(8_192), key)).toBeUndefined();
  });

  it('make no domain key for a key that is not the one they name', async () => {
    const empty = new InMemoryDomainKeys();
    const tokens = new NodeGrantTokens(new DomainKeys(soleRootKey(root), empty));
    const foreign = await node().issue({ ...grant, key: { ...key, ...elsewhere, id: numberedKeyId(9) } });
    expect(await tokens.read(foreign, key)).toBeUndefined();
    expect(await empty.samples()).toEqual([]);
  });
});
