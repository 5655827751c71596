import { type DerElement, readDer } from './der-reader';

/** What the extensions of an X.509 certificate allow its key to do; node:crypto does not tell. */
export interface CertificateConstraints {
  readonly isCa: boolean;
  /** How many CA certificates may follow this one in a chain; absent means no limit. */
  readonly pathLength: number | undefined;
  readonly mayCertify: boolean;
  readonly maySign: boolean;
}

interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

const tags = { boolean: 1, integer: 2, bitString: 3, octetString: 4, oid: 6, sequence: 0x30, extensions: 0xa3 };
const basicConstraintsOid = '551d13';
const keyUsageOid = '551d0f';

/**
 * @param certificate DER, already taken by a full X.509 parser
 * @returns undefined without key usage, with an extension given twice or with a critical one that is not understood
 * @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.2
 */
export function readCertificateConstraints(certificate: Uint8Array): CertificateConstraints | undefined {
  const extensions = readExtensions(certificate);
  if (extensions === undefined) return undefined;
  for (const [oid, { critical }] of extensions) {
    if (critical && oid !== basicConstraintsOid && oid !== keyUsageOid) return undefined;
  }
  const basic = readBasicConstraints(extensions.get(basicConstraintsOid));
  const usage = readKeyUsage(extensions.get(keyUsageOid));
  if (basic === undefined || usage === undefined) return undefined;
  return { ...basic, maySign: (usage & 0x80) !== 0, mayCertify: (usage & 0x04) !== 0 };
}

function readExtensions(certificate: Uint8Array): ReadonlyMap<string, Extension> | undefined {
  const [outer] = readDer(certificate) ?? [];
  const [tbs] = children(outer) ?? [];
  const list = children(tbs)?.find(({ tag }) => tag === tags.extensions);
  const [sequence] = list === undefined ? [] : (readDer(list.content) ?? []);
  const extensions = new Map<string, Extension>();
  for (const element of children(sequence) ?? []) {
    const parts = children(element);
    const value = parts?.at(-1);
    const [oid, flag] = parts ?? [];
    if (oid?.tag !== tags.oid || value?.tag !== tags.octetString) return undefined;
    const name = Buffer.from(oid.content).toString('hex');
    if (extensions.has(name)) return undefined;
    extensions.set(name, { critical: flag?.tag === tags.boolean && flag.content[0] !== 0, value: value.content });
  }
  return extensions;
}

function readBasicConstraints(
  extension: Extension | undefined,
): Pick<CertificateConstraints, 'isCa' | 'pathLength'> | undefined {
  if (extension === undefined) return { isCa: false, pathLength: undefined };
  const [sequence, ...others] = readDer(extension.value) ?? [];
  const [ca, limit] = children(sequence) ?? [undefined, undefined];
  if (sequence?.tag !== tags.sequence || others.length > 0) return undefined;
  if (ca === undefined) return { isCa: false, pathLength: undefined };
  if (ca.tag !== tags.boolean || ca.content[0] !== 0xff || !extension.critical) return undefined;
  if (limit === undefined) return { isCa: true, pathLength: undefined };
  const [pathLength] = limit.content;
  if (limit.tag !== tags.integer || limit.content.length !== 1 || pathLength === undefined || pathLength > 0x7f) {
    return undefined;
  }
  return { isCa: true, pathLength };
}

/** @returns the first byte of the bit string: digitalSignature is 0x80, keyCertSign 0x04 */
function readKeyUsage(extension: Extension | undefined): number | undefined {
  const [bits] = extension === undefined ? [] : (readDer(extension.value) ?? []);
  return bits?.tag === tags.bitString ? bits.content[1] : undefined;
}

function children(element: DerElement | undefined): readonly DerElement[] | undefined {
  return element?.tag === tags.sequence ? readDer(element.content) : undefined;
}
