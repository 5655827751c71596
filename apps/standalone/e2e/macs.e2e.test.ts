import { createHmac, randomBytes } from 'node:crypto';
import { GenerateMacCommand, type KMSClient, VerifyMacCommand } from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService } from './testing/a-service';
import { imports } from './testing/import-material';
import { withOpenSsl } from './testing/openssl';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
const keys = new Map<string, { readonly key: AKey; readonly material: Buffer }>();
const sets = [
  ['HMAC_224', 'HMAC_SHA_224', 'sha224', 28],
  ['HMAC_256', 'HMAC_SHA_256', 'sha256', 32],
  ['HMAC_384', 'HMAC_SHA_384', 'sha384', 48],
  ['HMAC_512', 'HMAC_SHA_512', 'sha512', 64],
] as const;
beforeAll(async () => {
  client = service.client();
  for (const [KeySpec, , , length] of sets) {
    const key = await aKey(client, { KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC', Origin: 'EXTERNAL' });
    const material = randomBytes(length);
    await imports(client, key.id, material);
    keys.set(KeySpec, { key, material });
  }
});

const keyOf = (spec: string) => {
  const found = keys.get(spec);
  if (found === undefined) throw new Error(`no key of spec ${spec}`);
  return found;
};
const Message = Buffer.from('a message ✓');
const dryRun = refusal('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');

describe.each(sets)('a key of spec %s', (spec, MacAlgorithm, hash, length) => {
  it.each([1, 64, 4_096])('makes over %i bytes the MAC that Node and openssl make with its material', async (size) => {
    const { key, material } = keyOf(spec);
    const message = randomBytes(size);
    const answer = await client.send(new GenerateMacCommand({ KeyId: key.id, Message: message, MacAlgorithm }));
    expect(members(answer)).toEqual({ KeyId: key.arn, Mac: expect.any(Uint8Array), MacAlgorithm });
    const mac = Buffer.from(answer.Mac ?? []);
    expect(mac).toHaveLength(length);
    expect(mac).toEqual(createHmac(hash, material).update(message).digest());
    const byOpenSsl = await withOpenSsl(async ({ file, openssl }) =>
      openssl(
        ...['mac', '-digest', hash.toUpperCase(), '-macopt', `hexkey:${material.toString('hex')}`],
        ...['-in', await file('message', message), 'HMAC'],
      ),
    );
    expect(byOpenSsl.toLowerCase()).toBe(mac.toString('hex'));
  });

  it('takes a MAC that was made elsewhere with its material, and no other', async () => {
    const { key, material } = keyOf(spec);
    const Mac = createHmac(hash, material).update(Message).digest();
    const verifies = (bad: object = {}) =>
      client.send(new VerifyMacCommand({ KeyId: key.arn, Message, Mac, MacAlgorithm, ...bad }));
    expect(members(await verifies())).toEqual({ KeyId: key.arn, MacValid: true, MacAlgorithm });
    const invalid = refusal('KMSInvalidMacException', 'UnknownError');
    for (const wrong of [
      { Mac: Mac.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) },
      { Mac: Mac.subarray(0, length - 1) },
      { Mac: Buffer.concat([Mac, Buffer.alloc(1)]) },
      { Mac: createHmac(hash, Buffer.alloc(length)).update(Message).digest() },
      { Message: Buffer.from('another message') },
    ]) {
      expect(await refused(verifies(wrong))).toEqual(invalid);
      expect(await refused(verifies({ ...wrong, DryRun: true }))).toEqual(invalid);
    }
    expect(await refused(verifies({ DryRun: true }))).toEqual(dryRun);
  });

  it('knows no other algorithm', async () => {
    const { key } = keyOf(spec);
    for (const [, other] of sets.filter(([, algorithm]) => algorithm !== MacAlgorithm)) {
      const expected = refusal('InvalidKeyUsageException', `Algorithm ${other} is incompatible with key spec ${spec}.`);
      const generating = new GenerateMacCommand({ KeyId: key.id, Message, MacAlgorithm: other });
      expect(await refused(client.send(generating))).toEqual(expected);
      const verifying = new VerifyMacCommand({ KeyId: key.id, Message, Mac: Buffer.alloc(32), MacAlgorithm: other });
      expect(await refused(client.send(verifying))).toEqual(expected);
    }
  });
});

describe('GenerateMac and VerifyMac', () => {
  const MacAlgorithm = 'HMAC_SHA_256';

  it('take each of the four names of a key', async () => {
    const { key } = keyOf('HMAC_256');
    const alias = await anAlias(client, key);
    for (const KeyId of [key.id, key.arn, alias, service.arn(alias)]) {
      const { Mac, KeyId: arn } = await client.send(new GenerateMacCommand({ KeyId, Message, MacAlgorithm }));
      expect(arn).toBe(key.arn);
      expect((await client.send(new VerifyMacCommand({ KeyId, Message, Mac, MacAlgorithm }))).KeyId).toBe(key.arn);
    }
  });

  it.each([
    [0, 'greater than or equal to 1'],
    [4_097, 'less than or equal to 4096'],
  ])('refuse a message of %i bytes without repeating it', async (length, bound) => {
    const { key } = keyOf('HMAC_256');
    const call = { KeyId: key.id, Message: Buffer.alloc(length, 'x'), MacAlgorithm } as const;
    const expected = refusal(
      'ValidationException',
      `1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length ${bound}`,
    );
    expect(await refused(client.send(new GenerateMacCommand(call)))).toEqual(expected);
    expect(await refused(client.send(new VerifyMacCommand({ ...call, Mac: Buffer.alloc(32) })))).toEqual(expected);
  });

  it('refuse keys of another usage', async () => {
    const { id: KeyId, arn } = await aKey(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const text = (operation: string) =>
      refusal('InvalidKeyUsageException', `${arn} key usage is SIGN_VERIFY which is not valid for ${operation}.`);
    const call = { KeyId, Message, MacAlgorithm } as const;
    expect(await refused(client.send(new GenerateMacCommand(call)))).toEqual(text('GenerateMac'));
    expect(await refused(client.send(new VerifyMacCommand({ ...call, Mac: Buffer.alloc(32) })))).toEqual(
      text('VerifyMac'),
    );
  });
});
