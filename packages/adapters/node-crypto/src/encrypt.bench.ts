/** CPU of a warm Encrypt and Decrypt of 64 bytes: `node -C @keywarden/source -r ts-node/register/transpile-only <file>`. */
import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { parseCiphertextBlob } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { NodeSymmetricEncryption } from './node-symmetric-encryption';
import { CryptoStack } from './testing/a-crypto-stack';

const rounds = 20_000;

async function cpuMicroseconds(work: () => Promise<unknown>): Promise<number> {
  for (let index = 0; index < 2_000; index += 1) await work();
  const before = process.cpuUsage();
  for (let index = 0; index < rounds; index += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / rounds;
}

async function main(): Promise<void> {
  const stack = new CryptoStack();
  const encryption = new NodeSymmetricEncryption(stack.materials, stack.clock);
  const key = await stack.makeKey();
  const plaintext = SecretBytes.copyOf(new Uint8Array(64));
  const context = { purpose: 'bench', tenant: '42' };
  const [encrypting, decrypting] = [anAuthorisedUse('kms:Encrypt', key), anAuthorisedUse('kms:Decrypt', key)];
  const bytes = await encryption.encrypt(encrypting, plaintext, context);
  const encrypt = await cpuMicroseconds(() => encryption.encrypt(encrypting, plaintext, context));
  const decrypt = await cpuMicroseconds(async () => {
    const blob = parseCiphertextBlob(bytes);
    return blob && encryption.decrypt(decrypting, blob, context);
  });
  process.stdout.write(`encrypt ${encrypt.toFixed(1)} µs, decrypt ${decrypt.toFixed(1)} µs CPU an operation\n`);
}

void main();
