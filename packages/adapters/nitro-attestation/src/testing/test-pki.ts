import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '../../testdata');

/** The root of the test PKI, PEM. Its private key is gone, the ones below it are public: never trust it in earnest. */
export function trustRoots(name: 'root' | 'impostor-root' = 'root'): string {
  return readFileSync(join(folder, `${name}.pem`), 'utf8');
}

/** @returns DER of a certificate that testdata/make.sh made */
export function certificate(name: string): Uint8Array {
  return Uint8Array.from(new X509Certificate(readFileSync(join(folder, `${name}.pem`))).raw);
}

/** The test-only private key of a certificate that signs documents. */
export function signingKey(name: string): KeyObject {
  return createPrivateKey(readFileSync(join(folder, `${name}.test-only.key`)));
}
