import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipient, RecipientIdentity } from '@keywarden/backup';
import {
  exposureOf,
  openSealed,
  sealTo,
  xWingKey,
  xWingPublicBytes,
  xWingSeedBytes,
} from '@keywarden/root-key-providers';
import { startupStep } from '@keywarden/runtime';
import { CommandRefused } from './command-refused';
import { newFolder } from './share-handout';

const recipientLine = 'keywarden-backup-recipient 1';
const identityLine = 'keywarden-backup-identity 1';

/** Files of two key pairs in a new folder: who may read backups, and who makes them. */
export async function makeBackupKeys(folder: string): Promise<readonly string[]> {
  await newFolder(folder);
  const seed = randomBytes(xWingSeedBytes);
  const { publicKey } = xWingKey(seed);
  const signer = generateKeyPairSync('ed25519');
  const files: readonly (readonly [name: string, text: string])[] = [
    ['recipient.pub', `${recipientLine}\n${Buffer.from(publicKey).toString('base64')}\n`],
    ['recipient.key', `${identityLine}\n${seed.toString('base64')}\n`],
    ['signer.pub', signer.publicKey.export({ format: 'pem', type: 'spki' })],
    ['signer.key', signer.privateKey.export({ format: 'pem', type: 'pkcs8' })],
  ];
  seed.fill(0);
  for (const [name, text] of files) {
    const file = await open(join(folder, name), 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  }
  return files.map(([name]) => join(folder, name));
}

/** @throws CommandRefused when the file holds no recipient */
export async function readRecipient(path: string): Promise<Recipient> {
  const publicKey = await readKeyText(path, recipientLine, xWingPublicBytes, 'public key of a recipient');
  return { seal: (fileKey, boundTo) => sealTo(publicKey, fileKey, boundTo) };
}

/** @throws CommandRefused when the file holds no identity, or others may read it */
export async function readIdentity(path: string): Promise<RecipientIdentity> {
  await ownerOnly(path);
  const seed = await readKeyText(path, identityLine, xWingSeedBytes, 'secret key of a recipient');
  const key = xWingKey(seed);
  seed.fill(0);
  return { open: (sealed, boundTo) => openSealed(key, sealed, boundTo) };
}

/** @throws CommandRefused when the file holds no Ed25519 private key, or others may read it */
export async function readSigningKey(path: string): Promise<KeyObject> {
  await ownerOnly(path);
  return ed25519(path, 'private', createPrivateKey);
}

/** @throws CommandRefused when the file holds no Ed25519 public key */
export function readSigner(path: string): Promise<KeyObject> {
  return ed25519(path, 'public', createPublicKey);
}

async function ed25519(path: string, half: string, parse: (pem: Buffer) => KeyObject): Promise<KeyObject> {
  const pem = await read(path);
  try {
    const key = parse(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The same answer, whatever is in the file.
  } finally {
    pem.fill(0);
  }
  throw new CommandRefused(`${path} holds no Ed25519 ${half} key in PEM`);
}

async function readKeyText(path: string, line: string, length: number, what: string): Promise<Buffer> {
  const text = await read(path);
  const [first, body = '', rest] = text.toString('latin1').split('\n');
  text.fill(0);
  const bytes = Buffer.from(body, 'base64');
  if (first !== line || rest !== '' || bytes.length !== length) {
    throw new CommandRefused(`${path} holds no ${what} of backups`);
  }
  return bytes;
}

function read(path: string): Promise<Buffer> {
  return startupStep(`${path} cannot be read`, () => readFile(path));
}

async function ownerOnly(path: string): Promise<void> {
  const exposure = await startupStep(`${path} cannot be read`, async () => exposureOf(path, await stat(path)));
  if (exposure !== undefined) throw new CommandRefused(`${path} ${exposure}`);
}
