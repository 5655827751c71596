import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { instant } from '@keywarden/kernel';
import fc from 'fast-check';
import { readCoseSign1 } from './cose-sign1';
import { NitroAttestedRecipients } from './nitro-attested-recipients';
import {
  type DocumentParts,
  anAttestationDocument,
  cborBytes,
  certificate,
  documentTime,
  signDocument,
  tagged,
  trustRoots,
  writeCbor,
} from './testing';

const spkiOf = (key: KeyObject): Uint8Array => Uint8Array.from(key.export({ format: 'der', type: 'spki' }));
const rsaSpki = (modulusLength: number, publicExponent = 65_537): Uint8Array =>
  spkiOf(generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey);

const enclaveKey = rsaSpki(2048);
const recipients = new NitroAttestedRecipients({ trustRoots: trustRoots() });
const make = (parts: DocumentParts = {}): Uint8Array => anAttestationDocument(enclaveKey, parts);
const payloadOf = (document: Uint8Array): Uint8Array => readCoseSign1(document)?.payload ?? Buffer.alloc(0);
const reasonOf = (document: Uint8Array, now = documentTime, by = recipients): string => {
  const verified = by.verify(document, now);
  return verified.ok ? 'believed' : verified.refusal.reason;
};

describe('NitroAttestedRecipients believes', () => {
  it('a document of an enclave and says what it vouches for', () => {
    const verified = recipients.verify(make(), documentTime);
    expect(verified).toMatchObject({
      ok: true,
      value: { kind: 'NitroEnclave', moduleId: 'i-0123456789abcdef0-enc0123456789abcdef' },
    });
    expect(verified.ok && [...verified.value.pcrs]).toEqual([
      [0, '01'.repeat(48)],
      [1, '02'.repeat(48)],
      [2, '03'.repeat(48)],
    ]);
  });

  it('a document of a NitroTPM and keeps its registers apart from those of enclaves', () => {
    const registers = new Map([[4, Buffer.alloc(48, 9)]]);
    const verified = recipients.verify(make({ fields: { pcrs: undefined, nitrotpm_pcrs: registers } }), documentTime);
    expect(verified).toMatchObject({ ok: true, value: { kind: 'NitroTPM' } });
  });

  it('a payload that ends with a break, as documents in the field do', () => {
    const payload = payloadOf(make());
    const indefinite = Buffer.concat([Buffer.of(0xbf), payload.subarray(1), Buffer.of(0xff)]);
    expect(reasonOf(signDocument(indefinite))).toBe('believed');
  });

  it('a tagged document', () => {
    expect(reasonOf(writeCbor(tagged(18, cborBytes(make()))))).toBe('believed');
  });

  it.each([3072, 4096])('an RSA key of %d bits', (bits) => {
    expect(reasonOf(anAttestationDocument(rsaSpki(bits)))).toBe('believed');
  });

  it('a nonce and user data, which it does not look into', () => {
    expect(reasonOf(make({ fields: { nonce: Buffer.alloc(512), user_data: Buffer.alloc(1024) } }))).toBe('believed');
  });

  it.each([
    ['as old as allowed', 5 * 60_000],
    ['of a clock a minute ahead', -60_000],
  ])('a document %s', (_what, age) => {
    expect(reasonOf(make(), instant(documentTime + age))).toBe('believed');
  });

  it('any of several roots', () => {
    const both = new NitroAttestedRecipients({ trustRoots: trustRoots('impostor-root') + trustRoots() });
    expect(reasonOf(make(), documentTime, both)).toBe('believed');
    expect(reasonOf(make({ chain: ['impostor-root', 'impostor-enclave'] }), documentTime, both)).toBe('believed');
  });
});

describe('NitroAttestedRecipients refuses the chain', () => {
  const chains: Record<string, readonly string[]> = {
    'of another root with the same name': ['impostor-root', 'impostor-enclave'],
    'of another root behind the real one': ['root', 'impostor-enclave'],
    'without its root': ['zonal', 'instance', 'enclave'],
    'with a link missing': ['root', 'instance', 'enclave'],
    'in the wrong order': ['root', 'instance', 'zonal', 'enclave'],
    'below a CA whose issuer may have none (path length)': [
      'root',
      'zonal',
      'instance',
      'sub-ca',
      'enclave-below-sub-ca', // prettier-ignore
    ],
    'below a signer that is no CA': ['root', 'zonal', 'instance', 'enclave', 'enclave-below-enclave'],
    'of a signer that is a CA': ['root', 'zonal', 'instance', 'enclave-as-ca'],
    'of a signer without digitalSignature': ['root', 'zonal', 'instance', 'enclave-without-signing'],
    'with a critical extension nobody knows': ['root', 'zonal', 'instance', 'enclave-with-critical'],
    'signed with SHA-256': ['root', 'zonal', 'instance', 'enclave-sha256'],
    'of a signer on P-256': ['root', 'zonal', 'instance', 'enclave-p256'],
  };

  it.each(Object.entries(chains))('%s', (_what, chain) => {
    // A P-256 signature has another length, so it does not even reach the chain.
    const expected = chain.includes('enclave-p256') ? 'not a COSE_Sign1 with ES384' : 'certificate chain not trusted';
    expect(reasonOf(make({ chain }))).toBe(expected);
  });

  it.each([
    ['before it is valid', Date.UTC(2020, 0, 1)],
    ['after it has expired', Date.UTC(2099, 0, 1)],
  ])('%s', (_when, time) => {
    expect(reasonOf(make({ fields: { timestamp: time } }), instant(time))).toBe('certificate chain not trusted');
  });

  it('with a certificate whose own signature is wrong, although everything else fits', () => {
    const forged = Buffer.from(certificate('enclave'));
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    expect(reasonOf(make({ fields: { certificate: forged } }))).toBe('certificate chain not trusted');
  });

  it('with bytes behind a certificate, or none at all', () => {
    const junk = Buffer.concat([certificate('enclave'), Buffer.of(0)]);
    expect(reasonOf(make({ fields: { certificate: junk } }))).toBe('certificate chain not trusted');
    expect(reasonOf(make({ fields: { certificate: Buffer.from('certificate') } }))).toBe(
      'certificate chain not trusted',
    );
  });
});

describe('NitroAttestedRecipients refuses', () => {
  it('a document too large to look at', () => {
    expect(reasonOf(Buffer.alloc(262_145))).toBe('too large');
    expect(reasonOf(Buffer.alloc(262_144))).toBe('not a COSE_Sign1 with ES384');
  });

  it('a payload changed after signing', () => {
    const document = Buffer.from(make());
    const at = document.indexOf(Buffer.alloc(48, 1));
    document[at] = 0xff;
    expect(reasonOf(document)).toBe('signature wrong');
  });

  it('a changed signature', () => {
    const document = Buffer.from(make());
    document[document.length - 1] = (document.at(-1) ?? 0) ^ 1;
    expect(reasonOf(document)).toBe('signature wrong');
  });

  it('a signature of zeros', () => {
    const document = Buffer.from(make());
    document.fill(0, document.length - 96);
    expect(reasonOf(document)).toBe('signature wrong');
  });

  it('a signature by a key of another certificate', () => {
    const payload = payloadOf(make());
    expect(reasonOf(signDocument(payload, { signer: 'enclave-as-ca' }))).toBe('signature wrong');
  });

  it('a cut document, wherever it is cut', () => {
    const document = make();
    for (let length = 0; length < document.length; length += 7) {
      expect(reasonOf(document.subarray(0, length))).toBe('not a COSE_Sign1 with ES384');
    }
  });

  it('bytes behind the document', () => {
    expect(reasonOf(Buffer.concat([make(), Buffer.of(0)]))).toBe('not a COSE_Sign1 with ES384');
  });

  it.each([
    ['ES256', new Map([[1, -7]])],
    ['no algorithm', new Map<number, number>()],
    ['another header besides', new Map([[1, -35], [4, 0]])], // prettier-ignore
  ])('a protected header that says %s', (_what, header) => {
    expect(reasonOf(signDocument(payloadOf(make()), { header }))).toBe('not a COSE_Sign1 with ES384');
  });

  it('another tag', () => {
    expect(reasonOf(writeCbor(tagged(98, cborBytes(make()))))).toBe('not a COSE_Sign1 with ES384');
  });

  it('a field given twice, although signed', () => {
    const payload = Buffer.from(payloadOf(make()));
    const twice = Buffer.concat([
      Buffer.of((payload[0] ?? 0) + 1),
      payload.subarray(1),
      writeCbor('nonce'),
      Buffer.of(0xf6),
    ]);
    expect(reasonOf(signDocument(twice))).toBe('not an attestation document');
  });

  const wrongFields: Record<string, NonNullable<DocumentParts['fields']>> = {
    'without a module id': { module_id: undefined },
    'with an empty module id': { module_id: '' },
    'with a digest other than SHA384': { digest: 'SHA256' },
    'without a timestamp': { timestamp: undefined },
    'with a timestamp before the epoch': { timestamp: -1 },
    'without registers': { pcrs: undefined },
    'with no register at all': { pcrs: new Map() },
    'with registers of both kinds': { nitrotpm_pcrs: new Map([[0, Buffer.alloc(48)]]) },
    'with register 32': { pcrs: new Map([[32, Buffer.alloc(48)]]) },
    'with a negative register': { pcrs: new Map([[-1, Buffer.alloc(48)]]) },
    'with a register of another length': { pcrs: new Map([[0, Buffer.alloc(47)]]) },
    'without a certificate': { certificate: undefined },
    'with null for a certificate': { certificate: null },
    'with an oversized certificate': { certificate: Buffer.alloc(1025) },
    'with an empty CA bundle': { cabundle: [] },
    'with too many CAs': { cabundle: Array<Uint8Array>(9).fill(Buffer.of(1)) },
    'with a text as public key': { public_key: 'key' },
    'with oversized user data': { user_data: Buffer.alloc(1025) },
    'with a field nobody knows': { extra: 1 },
  };
  it.each(Object.entries(wrongFields))('a document %s', (_what, fields) => {
    expect(reasonOf(make({ fields }))).toBe('not an attestation document');
  });

  it.each([
    ['too old', 5 * 60_000 + 1],
    ['from the future', -60_001],
  ])('a document %s', (_what, age) => {
    expect(reasonOf(make(), instant(documentTime + age))).toBe('too old or from the future');
  });

  it('a document older than the setting', () => {
    const strict = new NitroAttestedRecipients({ trustRoots: trustRoots(), maximumAgeMs: 1000 });
    expect(reasonOf(make(), instant(documentTime + 1001), strict)).toBe('too old or from the future');
    expect(reasonOf(make(), instant(documentTime + 1000), strict)).toBe('believed');
  });

  it.each([
    ['left out', undefined],
    ['null', null],
  ])('a document whose public key is %s', (_what, publicKey) => {
    expect(reasonOf(make({ fields: { public_key: publicKey } }))).toBe('no public key');
  });

  it.each([
    ['on an elliptic curve', spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey)],
    ['RSA-PSS', spkiOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey)],
    ['RSA of 1024 bits', rsaSpki(1024)],
    ['RSA of 2040 bits', rsaSpki(2040)],
    ['RSA with exponent 3', rsaSpki(2048, 3)],
    ['followed by a byte', Buffer.concat([enclaveKey, Buffer.of(0)])],
    ['empty', Buffer.alloc(0)],
    ['no key', Buffer.from('key')],
  ])('a public key that is %s', (_what, publicKey) => {
    expect(reasonOf(anAttestationDocument(publicKey))).toBe('public key is not RSA of 2048 to 4096 bits');
  });

  it('random bytes, without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(recipients.verify(bytes, documentTime).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('a document with any one byte changed', () => {
    const document = make();
    const change = fc.tuple(fc.nat(document.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(change, ([at, by]) => {
        const changed = Buffer.from(document);
        changed[at] = (changed[at] ?? 0) ^ by;
        expect(recipients.verify(changed, documentTime).ok).toBe(false);
      }),
      { numRuns: 600 },
    );
  });

  it('random signed payloads, without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (payload) => {
        expect(reasonOf(signDocument(payload))).toBe('not an attestation document');
      }),
      { numRuns: 300 },
    );
  });
});
