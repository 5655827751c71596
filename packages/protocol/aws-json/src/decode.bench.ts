import { compile, boolean, enumeration, list, map, required, secretBlob, string, structure } from './index';

const text = string();
const encryptLike = compile(
  structure({
    KeyId: required(string({ min: 1, max: 2048 })),
    Plaintext: required(secretBlob({ min: 1, max: 4096 })),
    EncryptionContext: map(text, text),
    GrantTokens: list(string({ min: 1, max: 8192 }), { max: 10 }),
    EncryptionAlgorithm: enumeration(['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_256']),
    DryRun: boolean(),
  }),
);
const decryptLike = compile(
  structure({ KeyId: string(), Plaintext: secretBlob(), EncryptionAlgorithm: enumeration(['SYMMETRIC_DEFAULT']) }),
);

const bodyOf = (plaintextBytes: number) =>
  new TextEncoder().encode(
    JSON.stringify({
      KeyId: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      Plaintext: Buffer.alloc(plaintextBytes, 7).toString('base64'),
      EncryptionContext: { tenant: 'blue-whale', purpose: 'invoice', table: 'orders', row: '4711' },
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    }),
  );

/** Median of several rounds, in microseconds a call. */
function measure(name: string, call: () => unknown, calls = 50_000): void {
  const rounds = Array.from({ length: 9 }, () => {
    const start = performance.now();
    for (let index = 0; index < calls; index += 1) call();
    return ((performance.now() - start) * 1000) / calls;
  }).sort((left, right) => left - right);
  process.stdout.write(`${name.padEnd(44)} ${(rounds[4] ?? 0).toFixed(2)} µs\n`);
}

const small = bodyOf(64);
const full = bodyOf(4096);
measure(`decode an Encrypt body of ${small.length} bytes`, () => encryptLike.decode(small));
measure(`JSON.parse alone, ${small.length} bytes`, () => JSON.parse(new TextDecoder().decode(small)));
measure(`decode an Encrypt body of ${full.length} bytes`, () => encryptLike.decode(full), 10_000);
const decoded = encryptLike.decode(small);
if (decoded.ok) {
  const answer = { keyId: decoded.value.keyId, plaintext: decoded.value.plaintext };
  measure('encode a Decrypt answer of 64 bytes', () => decryptLike.encode(answer));
}
