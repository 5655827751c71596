import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKeyMaterial } from './read-key-material';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(content: string | Buffer): Promise<string> {
  const path = join(folder, randomBytes(6).toString('hex'));
  await writeFile(path, content);
  return path;
}

describe('a symmetric key', () => {
  const bytes = randomBytes(32);

  it.each([
    ['raw', bytes],
    ['hex', `${bytes.toString('hex').toUpperCase()}\n`],
    ['base64', `${bytes.toString('base64')}\n`],
  ] as const)('is read in %s form', async (encoding, content) => {
    expect(await readKeyMaterial(await file(content), 'SYMMETRIC_DEFAULT', encoding)).toEqual(bytes);
  });

  it.each([
    ['one byte short', 'raw', bytes.subarray(1)],
    ['with a line end', 'raw', Buffer.concat([bytes, Buffer.from('\n')])],
    ['with half a byte', 'hex', `${bytes.toString('hex')}a`],
    ['with other letters', 'hex', `${bytes.toString('hex').slice(2)}zz`],
    ['of the alphabet for URLs', 'base64', Buffer.alloc(32, 0xff).toString('base64url')],
    ['that is empty', 'raw', ''],
  ] as const)('is refused %s, without a word of it', async (_what, encoding, content) => {
    const path = await file(content);
    const refused = readKeyMaterial(path, 'SYMMETRIC_DEFAULT', encoding);
    await expect(refused).rejects.toThrow(
      `${path} does not hold 32 bytes in ${encoding} form, which a key of spec SYMMETRIC_DEFAULT needs`,
    );
  });

  it('of an HMAC key has the length of its spec', async () => {
    const longer = randomBytes(64);
    expect(await readKeyMaterial(await file(longer), 'HMAC_512', 'raw')).toEqual(longer);
    await expect(readKeyMaterial(await file(longer), 'HMAC_384', 'raw')).rejects.toThrow('48 bytes');
  });
});

describe('a private key', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });

  it.each([
    ['PKCS #8 in PEM', privateKey.export({ format: 'pem', type: 'pkcs8' })],
    ['SEC 1 in PEM', privateKey.export({ format: 'pem', type: 'sec1' })],
    ['PKCS #8 in DER', pkcs8],
  ])('is read as %s', async (_form, content) => {
    const read = await readKeyMaterial(await file(content), 'ECC_NIST_P256', 'raw');
    const key = createPrivateKey({ key: read, format: 'der', type: 'pkcs8' });
    expect(key.equals(privateKey)).toBe(true);
  });

  it.each([
    ['encrypted', privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' })],
    ['cut short', pkcs8.subarray(0, -1)],
    ['a public key', Buffer.from('-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n')],
    ['something else', 'no key at all'],
  ])('is refused when it is %s', async (_what, content) => {
    await expect(readKeyMaterial(await file(content), 'ECC_NIST_P256', 'raw')).rejects.toThrow(
      /holds no unencrypted private key in PEM, or in DER as PKCS #8$/,
    );
  });
});

it('refuses a file that is not there, or longer than any key', async () => {
  const missing = readKeyMaterial(join(folder, 'missing'), 'RSA_2048', 'raw');
  await expect(missing).rejects.toThrow(/cannot be read: no such file/);
  const long = readKeyMaterial(await file(Buffer.alloc(70_000)), 'RSA_2048', 'raw');
  await expect(long).rejects.toThrow(/longer than any key material/);
});
