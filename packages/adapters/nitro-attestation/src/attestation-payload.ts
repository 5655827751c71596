import type { AttestedKind } from '@keywarden/crypto';
import type { CborValue } from './cbor';

/** What an attestation document says, before anybody believes it. */
export interface AttestationPayload {
  readonly kind: AttestedKind;
  readonly moduleId: string;
  /** milliseconds since the Unix epoch */
  readonly timestamp: number;
  readonly pcrs: ReadonlyMap<number, string>;
  /** DER, of the key that signed the document */
  readonly certificate: Uint8Array;
  /** DER, root first */
  readonly caBundle: readonly Uint8Array[];
  /** SubjectPublicKeyInfo, DER */
  readonly publicKey: Uint8Array | undefined;
}

const required = ['module_id', 'digest', 'timestamp', 'certificate', 'cabundle'];
const optional = ['public_key', 'user_data', 'nonce'];
const registers = { pcrs: 'NitroEnclave', nitrotpm_pcrs: 'NitroTPM' } as const;
const known = new Set([...required, ...optional, ...Object.keys(registers)]);

const maximumModuleIdLength = 256;
const maximumBytes = 1024;
const maximumCaBundle = 8;
const registerLengths = [32, 48, 64];

/**
 * Takes the fields of the specification and no others; optional ones may be null, as documents in the field have them.
 *
 * @see https://docs.aws.amazon.com/enclaves/latest/user/verify-root.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/nitrotpm-attestation-document-validate.html
 */
export function readAttestationPayload(payload: CborValue | undefined): AttestationPayload | undefined {
  if (payload?.kind !== 'map') return undefined;
  const fields = payload.value;
  for (const name of fields.keys()) if (typeof name !== 'string' || !known.has(name)) return undefined;

  const moduleId = fields.get('module_id');
  if (moduleId?.kind !== 'text' || moduleId.value === '' || moduleId.value.length > maximumModuleIdLength) {
    return undefined;
  }
  const digest = fields.get('digest');
  if (digest?.kind !== 'text' || digest.value !== 'SHA384') return undefined;
  const timestamp = fields.get('timestamp');
  if (timestamp?.kind !== 'integer' || timestamp.value <= 0) return undefined;

  const certificate = certificateBytes(fields.get('certificate'));
  const caBundle = readCaBundle(fields.get('cabundle'));
  const measured = readRegisters(fields);
  if (certificate === undefined || caBundle === undefined || measured === undefined) return undefined;

  for (const name of optional) if (!isOptionalBytes(fields.get(name))) return undefined;
  const publicKey = fields.get('public_key');
  return {
    ...measured,
    moduleId: moduleId.value,
    timestamp: timestamp.value,
    certificate,
    caBundle,
    publicKey: publicKey?.kind === 'bytes' ? publicKey.value : undefined,
  };
}

function certificateBytes(value: CborValue | undefined): Uint8Array | undefined {
  if (value?.kind !== 'bytes') return undefined;
  return value.value.length >= 1 && value.value.length <= maximumBytes ? value.value : undefined;
}

function readCaBundle(value: CborValue | undefined): readonly Uint8Array[] | undefined {
  if (value?.kind !== 'array' || value.value.length === 0 || value.value.length > maximumCaBundle) return undefined;
  const certificates = value.value.map(certificateBytes);
  return certificates.every((bytes) => bytes !== undefined) ? certificates : undefined;
}

/** Registers of an enclave and of a NitroTPM share a trust root but not their meaning, so a document has only one of them. */
function readRegisters(
  fields: ReadonlyMap<number | string, CborValue>,
): Pick<AttestationPayload, 'kind' | 'pcrs'> | undefined {
  const name = fields.has('pcrs') ? 'pcrs' : 'nitrotpm_pcrs';
  if (name === 'pcrs' && fields.has('nitrotpm_pcrs')) return undefined;
  const values = fields.get(name);
  if (values?.kind !== 'map' || values.value.size === 0) return undefined;
  const pcrs = new Map<number, string>();
  for (const [index, register] of values.value) {
    if (typeof index !== 'number' || index < 0 || index > 31) return undefined;
    if (register.kind !== 'bytes' || !registerLengths.includes(register.value.length)) return undefined;
    pcrs.set(index, Buffer.from(register.value).toString('hex'));
  }
  return { kind: registers[name], pcrs };
}

function isOptionalBytes(value: CborValue | undefined): boolean {
  if (value === undefined || value.kind === 'null') return true;
  return value.kind === 'bytes' && value.value.length <= maximumBytes;
}
