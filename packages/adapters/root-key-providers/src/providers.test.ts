import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootKeyContract, rootKeyProviderContract } from '@keywarden/crypto/testing';
import { SecretBytes } from '@keywarden/kernel';
import { FileProvider } from './file/file-provider';
import { localRootKeys } from './local/local-root-key';
import { secretProviderWrapper } from './local/secret-provider';
import { PassphraseProvider } from './passphrase/passphrase-provider';

const cheap = { memoryKib: 8_192, passes: 1, lanes: 1 };
const wrapperFor = (...given: Parameters<typeof secretProviderWrapper>) =>
  Promise.resolve(secretProviderWrapper(...given));
let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'root-key-providers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

rootKeyContract(() => Promise.resolve(localRootKeys.make()), localRootKeys);

describe('by file', () => {
  const provider = () => Promise.resolve(new FileProvider(join(folder, `${(count += 1)}.key`)));
  rootKeyProviderContract({ provider, wrapperFor });
});

const passphrase = (text: string) => () => Promise.resolve(SecretBytes.copyOf(Buffer.from(text)));

describe('by passphrase', () => {
  const provider = () =>
    Promise.resolve(new PassphraseProvider(passphrase(`a long passphrase ${(count += 1)}`), cheap));
  rootKeyProviderContract({ provider, wrapperFor });

  it('gives another key with another salt', async () => {
    const same = new PassphraseProvider(passphrase('the same passphrase'), cheap);
    expect((await same.create()).description.id).not.toBe((await same.create()).description.id);
  });

  it('remembers the cost it was made with', async () => {
    const made = await new PassphraseProvider(passphrase('the same passphrase'), cheap).create();
    const later = new PassphraseProvider(passphrase('the same passphrase'), { ...cheap, passes: 2 });
    expect((await later.open(made.description))?.description).toEqual(made.description);
  });

  it.each([
    ['memoryKib', 1_048_577],
    ['memoryKib', 8],
    ['passes', 17],
    ['lanes', 0],
    ['passes', 1.5],
    ['salt', 'none'],
  ])('does no work with %s of %s', async (name, value) => {
    const provider = new PassphraseProvider(passphrase('the same passphrase'), cheap);
    const { description } = await provider.create();
    const changed = { ...description, parameters: { ...description.parameters, [name]: value } };
    await expect(provider.open(changed)).rejects.toThrow(/description of the root key provider .* is damaged/);
  });
});

describe('a wrapper from a description', () => {
  it.each([
    ['another public key', (key: string) => `${key.slice(0, 8)}AAAA${key.slice(12)}`],
    ['a public key cut', (key: string) => key.slice(0, -4)],
  ])('is refused with %s', async (_what, change) => {
    const { admission, description } = await new PassphraseProvider(passphrase('the same passphrase'), cheap).create();
    const publicKey = change(String(description.parameters.publicKey));
    expect(() => secretProviderWrapper({ ...description, parameters: { publicKey } }, admission!)).toThrow(
      /is damaged/,
    );
  });
});
