import { arnOf } from '@keywarden/keys';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type GenerateMac, MacHandlers } from './macs';
import { describeDoor, describeUnusable } from './testing/door-refusals';
import { fakeMacs } from './testing/fake-cryptography';
import { aSecret } from './testing/fake-materials';
import { aKeyOf, operationSuite } from './testing/operation-suite';

const hmac = aKeyOf('HMAC_256', 'GENERATE_VERIFY_MAC');
const command = (changes: Partial<GenerateMac> = {}): GenerateMac => ({
  keyId: hmac.id,
  message: aSecret('hello'),
  macAlgorithm: 'HMAC_SHA_256',
  ...changes,
});
const suiteOf = (key = hmac) => {
  const suite = operationSuite(key);
  return { ...suite, handlers: new MacHandlers(suite.door, fakeMacs) };
};

describe('GenerateMac', () => {
  const call: Parameters<typeof describeDoor>[2] = (suite, keyId, stranger) =>
    new MacHandlers(suite.door, fakeMacs).generateMac(
      stranger === true ? suite.stranger() : suite.context(),
      command({ keyId }),
    );
  describeDoor(hmac, 'resolved', call);
  describeUnusable(hmac, call);

  it('makes a MAC and names the key by its ARN', async () => {
    const { handlers, context, asked } = suiteOf();
    const made = accepted(await handlers.generateMac(context(), command()));
    expect(made).toEqual({ mac: expect.any(Uint8Array), macAlgorithm: 'HMAC_SHA_256', keyId: arnOf(hmac) });
    expect(asked).toEqual([{ action: 'kms:GenerateMac', facts: { macAlgorithm: 'HMAC_SHA_256' } }]);
  });

  it('refuses an algorithm of another spec and a key of another usage', async () => {
    const { handlers, context } = suiteOf();
    const refusal = refused(await handlers.generateMac(context(), command({ macAlgorithm: 'HMAC_SHA_512' })));
    expect(refusal).toEqual({ code: 'AlgorithmNotOfSpec', algorithm: 'HMAC_SHA_512', spec: 'HMAC_256' });
    const other = suiteOf(aKeyOf('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT'));
    expect(refused(await other.handlers.generateMac(other.context(), command()))).toMatchObject({
      code: 'KeyUsageNotValid',
      operation: 'GenerateMac',
    });
  });

  it('answers a dry run without a MAC', async () => {
    const { handlers, context } = suiteOf();
    const refusal = refused(await handlers.generateMac(context(), command({ dryRun: true })));
    expect(refusal).toEqual({ code: 'DryRunSucceeded' });
  });
});

describe('VerifyMac', () => {
  it('accepts the MAC of the message and refuses everything else', async () => {
    const { handlers, context } = suiteOf();
    const { mac } = accepted(await handlers.generateMac(context(), command()));
    expect(accepted(await handlers.verifyMac(context(), { ...command(), mac }))).toEqual({
      keyId: arnOf(hmac),
      macValid: true,
      macAlgorithm: 'HMAC_SHA_256',
    });
    const forged = { ...command({ message: aSecret('hallo') }), mac };
    expect(refused(await handlers.verifyMac(context(), forged))).toEqual({ code: 'MacNotValid' });
  });

  it('answers a dry run as the call itself would be answered', async () => {
    const { handlers, context } = suiteOf();
    const { mac } = accepted(await handlers.generateMac(context(), command()));
    const dry = { ...command({ dryRun: true }), mac };
    expect(refused(await handlers.verifyMac(context(), dry))).toEqual({ code: 'DryRunSucceeded' });
    const wrong = { ...dry, mac: Uint8Array.of(1) };
    expect(refused(await handlers.verifyMac(context(), wrong))).toEqual({ code: 'MacNotValid' });
  });
});
