/**
 * CPU of a warm Encrypt and Decrypt of 64 bytes, beside the bare primitives they are made of: the best of several rounds,
 * in one run. `node -C @keywarden/source -r ts-node/register/transpile-only <this file>`
 */
import { createCipheriv, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { parseCiphertextBlob } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { NodeSymmetricEncryption } from './node-symmetric-encryption';
import { CryptoStack } from './testing/a-crypto-stack';

const rounds = 15;
const operations = 3_000;

async function cpuMicroseconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < operations; index += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / operations;
}

/** Two HMACs, one key, one AES-256-GCM encryption: what no implementation on node:crypto can do without. */
function primitives(): unknown {
  const first = createHmac('sha256', primitives.key).update(primitives.input).digest();
  createHmac('sha256', primitives.key).update(primitives.input).digest();
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(first), primitives.iv, { authTagLength: 16 });
  cipher.setAAD(primitives.input);
  const sealed = cipher.update(primitives.plaintext);
  cipher.final();
  return [sealed, cipher.getAuthTag()];
}
primitives.key = createSecretKey(randomBytes(32));
primitives.input = randomBytes(200);
primitives.iv = randomBytes(12);
primitives.plaintext = randomBytes(64);

async function main(): Promise<void> {
  const stack = new CryptoStack();
  const encryption = new NodeSymmetricEncryption(stack.materials, stack.clock);
  const key = await stack.makeKey();
  const plaintext = SecretBytes.copyOf(new Uint8Array(64));
  const context = { purpose: 'bench', tenant: '42' };
  const [encrypting, decrypting] = [anAuthorisedUse('kms:Encrypt', key), anAuthorisedUse('kms:Decrypt', key)];
  const encrypted = await encryption.encrypt(encrypting, plaintext, context);
  if (!encrypted.ok) throw new Error('encryption with material in memory refuses nothing');
  const bytes = encrypted.value;
  const works = {
    primitives,
    encrypt: () => encryption.encrypt(encrypting, plaintext, context),
    decrypt: () => {
      const blob = parseCiphertextBlob(bytes);
      return blob && encryption.decrypt(decrypting, blob, context);
    },
  };
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(works)) {
      best.set(name, Math.min(best.get(name) ?? Infinity, await cpuMicroseconds(work)));
    }
  }
  const floor = best.get('primitives') ?? 1;
  for (const [name, cost] of best) {
    process.stdout.write(`${name} ${cost.toFixed(1)} µs CPU, ${(cost / floor).toFixed(2)} × the primitives\n`);
  }
}

void main();
