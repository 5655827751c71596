import { execFileSync } from 'node:child_process';
import {
  type KeyObject,
  constants,
  createDecipheriv,
  createHash,
  generateKeyPairSync,
  privateDecrypt,
} from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretBytes } from '@keywarden/kernel';
import { envelopedData } from './enveloped-data';

const enclave = generateKeyPairSync('rsa', { modulusLength: 2048 });
const secretOf = (length: number): Buffer => Buffer.alloc(length, 0x5a);
const seal = (bytes: Uint8Array): Buffer => Buffer.from(envelopedData(enclave.publicKey, SecretBytes.copyOf(bytes)));

/** AWS's own answers up to the key identifier, as the tests of its Nitro Enclaves SDK for C show them. */
const awsStart = '308006092a864886f70d010703a08030800201023182016b30820167020102' + '8020';
const awsKeyEncryption =
  '303c06092a864886f70d010107302fa00f300d06096086480165030402010500' +
  'a11c301a06092a864886f70d010108300d06096086480165030402010500' +
  '04820100';
const awsContentStart = '308006092a864886f70d010701301d060960864801650304012a0410';

describe('envelopedData', () => {
  it('has the layout of the answers of AWS KMS, byte for byte around the key and the content', () => {
    const parts = splitLikeAws(seal(secretOf(32)));
    const spki = enclave.publicKey.export({ format: 'der', type: 'spki' });
    expect(parts.keyIdentifier).toEqual(createHash('sha256').update(spki).digest());
    expect(parts.content).toHaveLength(48);
  });

  it.each([1, 15, 16, 17, 32, 1024, 2500])('lets the enclave read a secret of %d bytes, with node:crypto', (length) => {
    expect(openWithNode(seal(secretOf(length)), enclave.privateKey)).toEqual(secretOf(length));
  });

  it.each([2048, 3072, 4096])('lets openssl cms read it with an RSA key of %d bits', (modulusLength) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
    const sealed = envelopedData(publicKey, SecretBytes.copyOf(secretOf(100)));
    expect(openWithOpenssl(sealed, privateKey)).toEqual(secretOf(100));
  });

  it('takes a fresh key and a fresh IV each time', () => {
    const [one, other] = [splitLikeAws(seal(secretOf(32))), splitLikeAws(seal(secretOf(32)))];
    expect(one.iv).not.toEqual(other.iv);
    expect(one.encryptedKey).not.toEqual(other.encryptedKey);
    expect(one.content).not.toEqual(other.content);
  });

  it('is closed to another key', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(() => openWithNode(seal(secretOf(32)), other.privateKey)).toThrow();
  });

  it('leaves the secret with its owner', () => {
    const secret = SecretBytes.copyOf(secretOf(3));
    envelopedData(enclave.publicKey, secret);
    expect(secret.expose((bytes) => [...bytes])).toEqual([0x5a, 0x5a, 0x5a]);
  });
});

interface AwsParts {
  readonly keyIdentifier: Buffer;
  readonly encryptedKey: Buffer;
  readonly iv: Buffer;
  readonly content: Buffer;
}

/** Takes the answer for a 2,048-bit key apart, insisting on every byte of the frame. */
function splitLikeAws(sealed: Buffer): AwsParts {
  let offset = 0;
  const take = (length: number): Buffer => sealed.subarray(offset, (offset += length));
  const expectHex = (hex: string): void => expect(take(hex.length / 2).toString('hex')).toBe(hex);
  expectHex(awsStart);
  const keyIdentifier = take(32);
  expectHex(awsKeyEncryption);
  const encryptedKey = take(256);
  expectHex(awsContentStart);
  const iv = take(16);
  expectHex('a08004');
  const first = take(1)[0] ?? 0;
  const longer = first > 0x80 ? take(first - 0x80).readUIntBE(0, first - 0x80) : first;
  const content = take(longer);
  expectHex('00'.repeat(10));
  expect(offset).toBe(sealed.length);
  return { keyIdentifier, encryptedKey, iv, content };
}

function openWithNode(sealed: Buffer, key: KeyObject): Buffer {
  const { encryptedKey, iv, content } = splitLikeAws(sealed);
  const oaep = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const decipher = createDecipheriv('aes-256-cbc', privateDecrypt(oaep, encryptedKey), iv);
  return Buffer.concat([decipher.update(content), decipher.final()]);
}

function openWithOpenssl(sealed: Uint8Array, key: KeyObject): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'attest-'));
  try {
    const keyFile = join(folder, 'key.pem');
    writeFileSync(keyFile, key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    const command = ['cms', '-decrypt', '-binary', '-inform', 'DER', '-inkey', keyFile];
    return execFileSync('openssl', command, { input: sealed, timeout: 10_000, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (fault) {
    throw new Error('this test needs the openssl command, 3.0 or later, and it did not decrypt', { cause: fault });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
