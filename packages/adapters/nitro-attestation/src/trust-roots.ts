import { X509Certificate } from 'node:crypto';
import { isUsableRoot } from './certificate-chain';

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const maximumRoots = 16;

/**
 * The certificates an operator trusts to stand at the head of attestation chains.
 *
 * @param pem 1 to 16 certificates; text around them is ignored
 * @returns DER, one per certificate
 * @throws TypeError without a certificate, with too many, or with one that is no CA on P-384
 */
export function readTrustRoots(pem: string): readonly Uint8Array[] {
  const blocks = pem.match(block) ?? [];
  const announced = pem.split('-----BEGIN').length - 1;
  if (blocks.length === 0 || blocks.length > maximumRoots || announced !== blocks.length) {
    throw new TypeError(`attestation trust roots: need 1 to ${maximumRoots} PEM certificates and nothing else`);
  }
  return blocks.map((text, index) => {
    const certificate = parse(text);
    if (certificate !== undefined && isUsableRoot(certificate)) return certificate;
    throw new TypeError(`attestation trust roots: number ${index + 1} is not a CA certificate on P-384`);
  });
}

function parse(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(new X509Certificate(text).raw);
  } catch {
    return undefined;
  }
}
