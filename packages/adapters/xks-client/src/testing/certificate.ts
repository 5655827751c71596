import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  /** PEM */
  readonly cert: string;
  readonly key: string;
}

/** A certificate that is its own authority, for these host names; made by OpenSSL's command. */
export function aCertificate(host: string, ...others: readonly string[]): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'keywarden-certificate-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
        ...[
          '-subj',
          `/CN=${host}`,
          '-addext',
          `subjectAltName=${[host, ...others].map((name) => `DNS:${name}`).join(',')}`,
          '-keyout',
          key,
          '-out',
          cert,
        ],
      ],
      { stdio: 'ignore', timeout: 30_000 },
    );
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
