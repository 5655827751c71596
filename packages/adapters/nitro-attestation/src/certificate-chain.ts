import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Instant } from '@keywarden/kernel';
import { type CertificateConstraints, readCertificateConstraints } from './certificate-constraints';

interface ChainLink {
  readonly x509: X509Certificate;
  readonly key: KeyObject;
  readonly constraints: CertificateConstraints;
}

const ecdsaWithSha384 = '1.2.840.10045.4.3.3';

/** The one curve of the attestation PKI. */
const curve = 'secp384r1';

/**
 * Verifies a chain from a pinned root down to the certificate that signed a document.
 *
 * Every link is signed by the one before it with ECDSA on P-384 and SHA-384, is valid at `now`, and may do what it does
 * (basic constraints, path length, key usage). Revocation is not asked for: the PKI relies on short validity.
 *
 * @param roots DER; the first certificate of the chain has to be one of them, byte for byte
 * @param chain DER, root first, signer last
 * @returns the signer's public key, undefined when any rule is broken; never throws
 * @see https://www.rfc-editor.org/rfc/rfc5280.html#section-6
 */
export function verifyChain(
  roots: readonly Uint8Array[],
  chain: readonly Uint8Array[],
  now: Instant,
): KeyObject | undefined {
  const [root] = chain;
  if (root === undefined || chain.length < 2) return undefined;
  if (!roots.some((pinned) => Buffer.compare(pinned, root) === 0)) return undefined;

  let issuer: ChainLink | undefined;
  for (const [index, bytes] of chain.entries()) {
    const link = readLink(bytes);
    if (link === undefined || !validAt(link.x509, now)) return undefined;
    if (issuer !== undefined && !isIssuedBy(link.x509, issuer)) return undefined;
    const followingCas = chain.length - 2 - index;
    if (followingCas < 0 ? !isSigner(link.constraints) : !isCa(link.constraints, followingCas)) return undefined;
    issuer = link;
  }
  return issuer?.key;
}

/** Whether a certificate can stand at the head of a chain; checked when a trust root is configured. */
export function isUsableRoot(certificate: Uint8Array): boolean {
  const link = readLink(certificate);
  return link !== undefined && isCa(link.constraints, 0);
}

function readLink(bytes: Uint8Array): ChainLink | undefined {
  try {
    const x509 = new X509Certificate(bytes);
    const key = x509.publicKey;
    // The parser also takes PEM and ignores what follows; what was pinned and signed is exactly these bytes.
    if (Buffer.compare(x509.raw, bytes) !== 0) return undefined;
    if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== curve) return undefined;
    const constraints = readCertificateConstraints(bytes);
    return constraints === undefined ? undefined : { x509, key, constraints };
  } catch {
    return undefined;
  }
}

function validAt(x509: X509Certificate, now: Instant): boolean {
  return x509.validFromDate.getTime() <= now && now <= x509.validToDate.getTime();
}

function isIssuedBy(x509: X509Certificate, issuer: ChainLink): boolean {
  if (x509.signatureAlgorithmOid !== ecdsaWithSha384 || !x509.checkIssued(issuer.x509)) return false;
  try {
    return x509.verify(issuer.key);
  } catch {
    return false;
  }
}

function isCa({ isCa: ca, pathLength, mayCertify }: CertificateConstraints, followingCas: number): boolean {
  return ca && mayCertify && (pathLength === undefined || pathLength >= followingCas);
}

function isSigner({ isCa: ca, pathLength, maySign }: CertificateConstraints): boolean {
  return !ca && pathLength === undefined && maySign;
}
