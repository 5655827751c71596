import { sign } from 'node:crypto';
import { type Instant, instant } from '@keywarden/kernel';
import { signatureInput } from '../cose-sign1';
import { type CborInput, writeCbor } from './cbor-writer';
import { certificate, signingKey } from './test-pki';

/** When the documents were made unless told; the test certificates are valid then. */
export const documentTime: Instant = instant(Date.UTC(2030, 0, 1));

export interface DocumentParts {
  /** Names of certificates of the test PKI, root first, signer last. */
  readonly chain?: readonly string[];
  /** Fields of the payload to set, or to leave out when undefined. */
  readonly fields?: Readonly<Record<string, CborInput | undefined>>;
}

const testChain = ['root', 'zonal', 'instance', 'enclave'];

/** A document for a recipient's public key (SubjectPublicKeyInfo, DER), signed by the test PKI. */
export function anAttestationDocument(publicKey: Uint8Array | null, parts: DocumentParts = {}): Uint8Array {
  const { chain = testChain, fields = {} } = parts;
  const signer = chain.at(-1) ?? '';
  const payload = new Map<string, CborInput>([
    ['module_id', 'i-0123456789abcdef0-enc0123456789abcdef'],
    ['digest', 'SHA384'],
    ['timestamp', documentTime],
    ['pcrs', new Map([0, 1, 2].map((index) => [index, Buffer.alloc(48, index + 1)]))],
    ['certificate', certificate(signer)],
    ['cabundle', chain.slice(0, -1).map(certificate)],
    ['public_key', publicKey],
    ['user_data', null],
    ['nonce', null],
  ]);
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) payload.delete(name);
    else payload.set(name, value);
  }
  return signDocument(writeCbor(payload), { signer });
}

/** Signs any payload; the header names ES384 unless told. */
export function signDocument(
  payload: Uint8Array,
  { signer = 'enclave', header = new Map([[1, -35]]) as CborInput } = {},
): Uint8Array {
  const protectedHeader = writeCbor(header);
  const key = { key: signingKey(signer), dsaEncoding: 'ieee-p1363' } as const;
  const signature = sign('sha384', signatureInput(protectedHeader, payload), key);
  return writeCbor([protectedHeader, new Map(), payload, signature]);
}
