import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProviderDescription } from '@keywarden/crypto';
import { rootKeyProviderContract } from '@keywarden/crypto/testing';
import { SecretBytes } from '@keywarden/kernel';
import { TokenRootKeyError, type TokenRootKeyOptions, TokenRootKeyProvider } from './index';
import { SoftHsm } from './testing';

const pin = 'what opens the token';
const place = Buffer.from('the root key of a database');
/** For the token process: as if the package were not there. */
const withoutLibrary = `
  const modules = require('node:module');
  const resolve = modules._resolveFilename;
  modules._resolveFilename = (name, ...more) => {
    if (name === 'pkcs11js') throw new Error('not there');
    return resolve(name, ...more);
  };
`;
const rootKey = (): SecretBytes => SecretBytes.copyOf(new Uint8Array(32).fill(7));

// Every token process is one of Node that compiles its sources first, on machines that have other work too.
jest.setTimeout(120_000);

let hsm: SoftHsm;
let before: string | undefined;
let count = 0;
const providers: TokenRootKeyProvider[] = [];

beforeAll(() => {
  hsm = new SoftHsm();
  hsm.addToken('keywarden', pin);
  before = process.env.SOFTHSM2_CONF;
  process.env.SOFTHSM2_CONF = hsm.configuration;
});
afterAll(async () => {
  for (const provider of providers) await provider.close();
  if (before === undefined) delete process.env.SOFTHSM2_CONF;
  else process.env.SOFTHSM2_CONF = before;
  hsm.remove();
});

function aProvider(changes: Partial<TokenRootKeyOptions> = {}): TokenRootKeyProvider {
  const provider = new TokenRootKeyProvider({
    module: hsm.module,
    token: 'keywarden',
    keyLabel: `root ${(count += 1)}`,
    pin: () => Promise.resolve(SecretBytes.copyOf(Buffer.from(pin))),
    timeouts: { workTimeoutMs: 30_000, openTimeoutMs: 60_000 },
    ...changes,
  });
  providers.push(provider);
  return provider;
}

const descriptionOf = async (keyLabel: string): Promise<ProviderDescription> =>
  (await aProvider({ keyLabel }).create()).description;

describe('a token', () => {
  rootKeyProviderContract({
    provider: () => Promise.resolve(aProvider()),
    wrapperFor: async (description) => {
      const wrapper = await aProvider({ keyLabel: String(description.parameters.keyLabel) }).open(description);
      if (wrapper === undefined) throw new Error('the token does not know its own description');
      return wrapper;
    },
  });

  it('makes the key once, which never leaves it', async () => {
    await descriptionOf('made once');
    await descriptionOf('made once');
    expect(await hsm.inspect(pin, 'made once')).toMatchObject({
      count: 1,
      label: 'made once',
      sensitive: true,
      alwaysSensitive: true,
      neverExtractable: true,
      extractable: false,
      valueReadable: false,
    });
  });

  it('gives descriptions that differ, of which each opens what was wrapped for the key', async () => {
    const [one, other] = [await descriptionOf('described twice'), await descriptionOf('described twice')];
    expect(one.id).not.toBe(other.id);
    const provider = aProvider({ keyLabel: 'described twice' });
    const wrapped = await (await provider.open(one))?.wrap(rootKey(), place);
    expect(await (await provider.open(other))?.unwrap(wrapped ?? new Uint8Array(), place)).toBeDefined();
  });

  it('is not opened by the description of another kind, nor by a damaged one', async () => {
    expect(await aProvider().open({ id: 'file-1', kind: 'file', parameters: {} })).toBeUndefined();
    const description = await descriptionOf('damaged');
    const provider = aProvider({ keyLabel: 'damaged' });
    for (const check of ['', 'AAAA', 7]) {
      const damaged = { ...description, parameters: { ...description.parameters, check } };
      await expect(provider.open(damaged)).rejects.toThrow(/description of the root key provider .* is damaged/);
    }
  });

  it('works again when its process was killed', async () => {
    const provider = aProvider();
    const opened = await provider.create();
    const wrapped = await opened.wrap(rootKey(), place);
    for (const pid of await provider.pids()) process.kill(pid, 'SIGKILL');
    expect(await opened.unwrap(wrapped, place)).toBeDefined();
  });

  it('that hangs is given up', async () => {
    const provider = aProvider({ timeouts: { workTimeoutMs: 2_000, openTimeoutMs: 60_000 } });
    const opened = await provider.create();
    for (const pid of await provider.pids()) process.kill(pid, 'SIGSTOP');
    await expect(opened.wrap(rootKey(), place)).rejects.toThrow(/^the token keywarden did not answer in time$/);
  });
});

describe('a token that cannot be used is told in one line', () => {
  it.each<[string, Partial<TokenRootKeyOptions>, RegExp]>([
    ['no module', { module: '/no/such/module.so' }, /^the PKCS#11 module \/no\/such\/module\.so cannot be loaded$/],
    ['no token', { token: 'not there' }, /^there is no token not there in \/.*softhsm2\.so$/],
    [
      'another PIN',
      { pin: () => Promise.resolve(SecretBytes.copyOf(Buffer.from('not the PIN'))) },
      /^the token keywarden refuses the PIN, which is not tried again$/,
    ],
    [
      'no time',
      { timeouts: { workTimeoutMs: 1_000, openTimeoutMs: 1 } },
      /^the token keywarden failed, or did not answer in time$/,
    ],
  ])('%s', async (_what, changes, line) => {
    const provider = aProvider({ keyLabel: 'anything', ...changes });
    const description = await descriptionOf('anything');
    for (const refused of [provider.create(), provider.open(description)]) {
      await expect(refused).rejects.toThrow(TokenRootKeyError);
      await expect(refused).rejects.toThrow(line);
    }
  });

  it('no pkcs11js, which is optional', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keywarden-no-pkcs11js-'));
    const hook = join(folder, 'hook.cjs');
    await writeFile(hook, withoutLibrary);
    const options = process.env.NODE_OPTIONS;
    process.env.NODE_OPTIONS = `--require ${hook}`;
    try {
      await expect(aProvider().create()).rejects.toThrow(/^the optional package pkcs11js is not installed, [^\n]+$/);
    } finally {
      if (options === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = options;
      await rm(folder, { recursive: true });
    }
  });

  it('no key, which only a ceremony makes', async () => {
    const description = await descriptionOf('there');
    const line = 'there is no key named not there in the token keywarden';
    const provider = aProvider({ keyLabel: 'not there' });
    await expect(provider.open(description)).rejects.toThrow(line);
    await expect(provider.open(description)).rejects.toThrow(line);
  });

  it('a key that may be read', async () => {
    await hsm.importKey(pin, 'imported', Buffer.alloc(32, 5), 'imported');
    const line =
      'the key imported in the token keywarden must be the only one named so, AES-256, sensitive and not extractable';
    await expect(aProvider({ keyLabel: 'imported' }).create()).rejects.toThrow(line);
    await expect(aProvider({ keyLabel: 'imported' }).open(await descriptionOf('there'))).rejects.toThrow(line);
  });
});
