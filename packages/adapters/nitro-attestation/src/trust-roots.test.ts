import { readTrustRoots } from './trust-roots';
import { certificate, trustRoots } from './testing';

describe('readTrustRoots', () => {
  it('reads one certificate or several, and skips the text around them', () => {
    expect(readTrustRoots(`# ours\n${trustRoots()}`)).toEqual([certificate('root')]);
    expect(readTrustRoots(trustRoots() + trustRoots('impostor-root'))).toHaveLength(2);
  });

  const wrong: Record<string, string> = {
    'an empty file': '',
    'a file without certificates': 'root',
    'a private key beside the certificate': `${trustRoots()}-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----`,
    'a cut certificate': trustRoots().slice(0, -20),
    'a certificate of nonsense': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    'a certificate that is no CA': pem(certificate('enclave')),
    'more certificates than anybody needs': trustRoots().repeat(17),
  };
  it.each(Object.entries(wrong))('stops the start for %s', (_what, text) => {
    expect(() => readTrustRoots(text)).toThrow('attestation trust roots');
  });
});

function pem(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
}
