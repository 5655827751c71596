import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instant } from '@keywarden/kernel';
import { readAttestationPayload } from './attestation-payload';
import { readCbor } from './cbor';
import { readCoseSign1 } from './cose-sign1';
import { NitroAttestedRecipients } from './nitro-attested-recipients';
import { trustRoots } from './testing';

/**
 * A document an AWS Nitro enclave made in September 2022, published in the tests of github.com/capeprivacy/cape-js.
 * Its public key is not RSA (that enclave spoke another protocol), the last thing that is checked.
 */
const document = Buffer.from(
  readFileSync(join(__dirname, '../testdata/aws-enclave-document.base64'), 'utf8'),
  'base64',
);

/** Published by AWS: https://docs.aws.amazon.com/enclaves/latest/user/verify-root.html */
const awsRootFingerprint = '641A0321A3E244EFE456463195D606317ED7CDCC3C1756E09893F3C68F79BB5B';

describe('a document of a real enclave', () => {
  const payload = readAttestationPayload(readCbor(readCoseSign1(document)?.payload ?? Buffer.alloc(0)));
  const root = new X509Certificate(payload?.caBundle[0] ?? Buffer.alloc(0));
  const madeAt = Date.UTC(2022, 8, 15, 17, 44, 24);
  const reasonWith = (pem: string, time: number, bytes: Uint8Array = document) => {
    const verified = new NitroAttestedRecipients({ trustRoots: pem }).verify(bytes, instant(time));
    return verified.ok ? 'believed' : verified.refusal.reason;
  };

  it('begins its chain with the root certificate of AWS', () => {
    expect(root.fingerprint256.replaceAll(':', '')).toBe(awsRootFingerprint);
    expect(payload).toMatchObject({ kind: 'NitroEnclave', moduleId: 'i-0697c9729fa547b20-enc0183422ede9a5dc8' });
  });

  it('passes every check up to the key when the root of AWS is trusted', () => {
    expect(reasonWith(root.toString(), madeAt)).toBe('public key is not RSA of 2048 to 4096 bits');
  });

  it('is refused under another root, when its short-lived certificate has expired, and when changed', () => {
    expect(reasonWith(trustRoots(), madeAt)).toBe('certificate chain not trusted');
    expect(reasonWith(root.toString(), madeAt + 4 * 3_600_000)).toBe('certificate chain not trusted');
    const changed = Buffer.from(document);
    changed[changed.length - 100] = (changed.at(-100) ?? 0) ^ 1;
    expect(reasonWith(root.toString(), madeAt, changed)).toBe('signature wrong');
  });
});
