import { createPrivateKey, createPublicKey } from 'node:crypto';
import { inspect } from 'node:util';
import { SecretBytes } from '@keywarden/kernel';
import { type DataKeyPairSpec, type KeySpec, keySpecs } from '@keywarden/keys';
import { DataKeyPairPool } from './data-key-pair-pool';
import { SlowWork } from './slow-work';

const slow = new SlowWork({ threadPool: { maxWaitMs: 20_000 } });
const specs = (Object.keys(keySpecs) as KeySpec[]).filter(
  (spec): spec is DataKeyPairSpec => keySpecs[spec].dataKeyPair && spec !== 'SM2',
);

describe('the pool of data key pairs', () => {
  it.each(specs)('gives a pair of %s whose halves fit', async (spec) => {
    const pool = new DataKeyPairPool(slow, { ready: {} });
    const { privateKey, publicKey } = await pool.take(spec);
    const read = privateKey.expose((der) => createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }));
    expect(createPublicKey(read).export({ format: 'der', type: 'spki' }).equals(publicKey)).toBe(true);
    await pool.close();
  });

  it('fills up ahead, no further than it may, and gives each pair once', async () => {
    const pool = new DataKeyPairPool(slow, { ready: { ECC_NIST_P256: 3 }, fillAtStart: ['ECC_NIST_P256'] });
    await pool.filled();
    expect(pool.readyCount('ECC_NIST_P256')).toBe(3);
    const taken = await Promise.all(Array.from({ length: 10 }, () => pool.take('ECC_NIST_P256')));
    expect(new Set(taken.map(({ publicKey }) => Buffer.from(publicKey).toString('hex'))).size).toBe(10);
    await pool.filled();
    expect(pool.readyCount('ECC_NIST_P256')).toBe(3);
    await pool.close();
  });

  it('does not let a spec that is much asked for starve another', async () => {
    const ready = { RSA_2048: 2, ECC_NIST_P256: 1 };
    const pool = new DataKeyPairPool(slow, { ready, fillAtStart: ['RSA_2048', 'ECC_NIST_P256'] });
    await pool.filled();
    expect([pool.readyCount('RSA_2048'), pool.readyCount('ECC_NIST_P256')]).toEqual([2, 1]);
    await pool.close();
  });

  it('wipes what is ready when it closes, and gives nothing after', async () => {
    const pool = new DataKeyPairPool(slow, { ready: { ECC_NIST_P256: 1 }, fillAtStart: ['ECC_NIST_P256'] });
    await pool.filled();
    await pool.close();
    expect(pool.readyCount('ECC_NIST_P256')).toBe(0);
    await expect(pool.take('ECC_NIST_P256')).rejects.toThrow('closed');
  });

  it('keeps nothing that was being made when it closed, and wipes it', async () => {
    const pool = new DataKeyPairPool(slow, { ready: { RSA_2048: 5 }, fillAtStart: ['RSA_2048'] });
    const wipe = jest.spyOn(SecretBytes.prototype, Symbol.dispose as never);
    await pool.close();
    expect(wipe).toHaveBeenCalledTimes(1);
    wipe.mockRestore();
    expect(pool.readyCount('RSA_2048')).toBe(0);
  });

  it('shows no key when it is inspected', async () => {
    const pool = new DataKeyPairPool(slow, { ready: { ECC_NIST_P256: 1 }, fillAtStart: ['ECC_NIST_P256'] });
    const { privateKey } = await pool.take('ECC_NIST_P256');
    expect(inspect({ pool, privateKey }, { showHidden: true, depth: 5 })).toContain('[secret]');
    await pool.close();
  });
});
