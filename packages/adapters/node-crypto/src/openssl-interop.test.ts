import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { SecretBytes } from '@keywarden/kernel';
import { accepted } from '@keywarden/kernel/testing';
import type { KeySpec, KmsKey, SigningAlgorithm } from '@keywarden/keys';
import { DataKeyPairPool } from './data-key-pair-pool';
import { NodeImportWrapping } from './node-import-wrapping';
import { NodeSigning } from './node-signing';
import { CryptoStack } from './testing/a-crypto-stack';

const folder = mkdtempSync(join(tmpdir(), 'openssl-interop-'));
const stack = new CryptoStack();
const pairs = new DataKeyPairPool(stack.slow, { ready: {} });
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await pairs.close();
  await stack.slow.close();
});

function openssl(...given: readonly string[]): Buffer {
  try {
    return execFileSync('openssl', given, { cwd: folder, timeout: 20_000, stdio: 'pipe' });
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(missing ? 'this test needs the openssl program on the PATH' : 'openssl refused', { cause });
  }
}

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return name;
}

function publicKeyFile(key: KmsKey): string {
  return file('public.der', key.materials[0]!.publicKey!);
}

const cases: readonly (readonly [KeySpec, SigningAlgorithm, number, readonly string[]])[] = [
  ['ECC_NIST_P256', 'ECDSA_SHA_256', 32, []],
  ['ECC_NIST_P384', 'ECDSA_SHA_384', 48, []],
  ['ECC_NIST_P521', 'ECDSA_SHA_512', 64, []],
  ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 32, []],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_384', 48, ['digest:sha384']],
  ['RSA_2048', 'RSASSA_PSS_SHA_256', 32, ['digest:sha256', 'rsa_padding_mode:pss', 'rsa_pss_saltlen:32']],
  ['RSA_3072', 'RSASSA_PSS_SHA_512', 64, ['digest:sha512', 'rsa_padding_mode:pss', 'rsa_pss_saltlen:64']],
];

describe('the openssl program', () => {
  const signing = new NodeSigning(stack.access, stack.slow);

  it.each(cases)('verifies our signature of a digest: %s, %s', async (spec, algorithm, length, options) => {
    const key = await stack.makeKey(spec);
    const digest = randomBytes(length);
    const input = { algorithm, messageType: 'DIGEST', message: SecretBytes.copyOf(digest) } as const;
    const signature = accepted(await signing.sign(anAuthorisedUse('kms:Sign', key), input));
    const how = options.flatMap((option) => ['-pkeyopt', option]);
    const given = ['-pubin', '-keyform', 'DER', '-inkey', publicKeyFile(key), '-in', file('digest', digest)];
    const verify = ['pkeyutl', '-verify', ...given, '-sigfile', file('signature', signature), ...how];
    expect(openssl(...verify).toString()).toContain('Verified Successfully');
    digest[0] = (digest[0] ?? 0) ^ 1;
    file('digest', digest);
    expect(() => openssl(...verify)).toThrow('refused');
  });

  it('wraps a private key for import as the documentation shows it', async () => {
    const key = await stack.makeKey('RSA_2048');
    const owner = { account: key.account, region: key.region, keyId: key.id, spec: 'ECC_NIST_P256' } as const;
    const wrapping = new NodeImportWrapping(stack.domainKeys, pairs, stack.slow);
    const parameters = { algorithm: 'RSA_AES_KEY_WRAP_SHA_256', validTo: 1 } as const;
    const { publicKey, importToken } = await wrapping.issue(owner, 'RSA_2048', parameters);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const ephemeral = randomBytes(32);
    file('wrapping.der', publicKey);
    file('material.der', privateKey.export({ format: 'der', type: 'pkcs8' }));
    file('ephemeral', ephemeral);
    const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'];
    const to = ['-pubin', '-keyform', 'DER', '-inkey', 'wrapping.der', '-in', 'ephemeral'];
    const wrappedKey = openssl('pkeyutl', '-encrypt', ...to, ...oaep.flatMap((option) => ['-pkeyopt', option]));
    const how = ['-id-aes256-wrap-pad', '-iv', 'a65959a6', '-K', ephemeral.toString('hex')];
    const wrappedMaterial = openssl('enc', ...how, '-in', 'material.der');
    const opened = (await wrapping.open(owner, importToken))!;
    const material = accepted(await opened.unwrap(Buffer.concat([wrappedKey, wrappedMaterial])));
    const adopted = accepted(await stack.factory.adopt(owner, material));
    const expected = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    expect(expected.equals(adopted.publicKey!)).toBe(true);
  });
});
