import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto';
import { type CheckpointVerifier, type TrailKey } from '@keywarden/audit';
import { instant } from '@keywarden/kernel';
import { checkpointTrust, signingKeyId, successionOf } from './checkpoint-trust';

interface Pair {
  readonly id: string;
  readonly pem: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function pair(type: 'ed25519' | 'ed448' = 'ed25519'): Pair {
  const { publicKey, privateKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { id: signingKeyId(publicKey), pem, publicKey, privateKey };
}

const signed = ({ privateKey }: Pair, text: string): string =>
  sign(null, Buffer.from(text), privateKey).toString('base64');
const at = instant(1_767_225_600_000);

/** @param by who signs in the place of the two, when it is not they themselves */
function after(former: Pair, latter: Pair, by = { former, latter }): TrailKey {
  const statement = successionOf(former.publicKey, latter.publicKey, at);
  const succession = { at, byFormer: signed(by.former, statement), byLatter: signed(by.latter, statement) };
  return { publicKey: latter.pem, succession };
}

const [one, two, three, mallory] = [pair(), pair(), pair(), pair()];
const keys: readonly TrailKey[] = [{ publicKey: one.pem }, after(one, two), after(two, three)];
const says = (verify: CheckpointVerifier, by: Pair) => verify('statement', signed(by, 'statement'), by.id);

describe('trust in keys that succeed each other', () => {
  it('goes from the first to all that follow', () => {
    const verify = checkpointTrust(one.pem)(keys);
    expect([one, two, three].map((key) => says(verify, key))).toEqual(
      [0, 1, 2].map((order) => ({ order, trusted: true })),
    );
  });

  it('goes from a later one to those before, as far as it has signed since', () => {
    const verify = checkpointTrust(two.pem)(keys);
    expect([one, two, three].map((key) => says(verify, key)?.trusted)).toEqual([false, true, true]);
  });

  it('does not go to a key that was never introduced, whatever is told of it', () => {
    const attempts: readonly (readonly TrailKey[])[] = [
      [...keys, { publicKey: mallory.pem }],
      [...keys, after(three, mallory, { former: mallory, latter: mallory })],
      [{ publicKey: mallory.pem }, ...keys],
      [{ publicKey: mallory.pem }, after(mallory, one, { former: mallory, latter: mallory }), ...keys.slice(1)],
      [keys[0]!, { publicKey: mallory.pem, succession: keys[1]!.succession }],
    ];
    for (const told of attempts) {
      const verify = checkpointTrust(one.pem)(told);
      expect(says(verify, mallory)).toBeUndefined();
      expect(says(verify, one)).toMatchObject({ trusted: true });
    }
  });

  it('needs the order of the trusted keys to be the one that is known', () => {
    const verify = checkpointTrust(`${one.pem}\n${two.pem}`)([{ publicKey: two.pem }, { publicKey: one.pem }]);
    expect([one, two].map((key) => says(verify, key)?.order)).toEqual([0, 1]);
  });

  it('needs nothing to be told when all are trusted', () => {
    const verify = checkpointTrust(`${one.pem}${two.pem}`)([]);
    expect([one, two, three].map((key) => says(verify, key)?.order)).toEqual([0, 1, undefined]);
  });

  it('is not shaken by what is no key', () => {
    const verify = checkpointTrust(one.pem)([{ publicKey: 'none' }, ...keys, { publicKey: pair('ed448').pem }]);
    expect(says(verify, two)).toMatchObject({ trusted: true });
  });
});

describe('public keys', () => {
  it.each([
    ['an empty file', '', 'no public key'],
    ['no key between the lines', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'cannot be read'],
    ['a key of Ed448', pair('ed448').pem, 'not of Ed25519'],
  ])('are refused when they are none: %s', (_what, text, why) => {
    expect(() => checkpointTrust(text)).toThrow(why);
  });
});
