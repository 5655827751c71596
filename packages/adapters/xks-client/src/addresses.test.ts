import { AddressNotAllowed, checkedLookup, fixedLookup, isPublicAddress } from './addresses';

const looked = (lookup: ReturnType<typeof checkedLookup>, options: { all?: boolean } = {}) =>
  new Promise((resolve) => lookup('xks.example.com', options, (error, address) => resolve(error ?? address)));
const resolving = (...addresses: readonly string[]): Parameters<typeof checkedLookup>[1] => {
  return (_host, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
};

describe('addresses', () => {
  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.31.255.255', '192.168.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
    ...['224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8'],
    ...['64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', 'ff02::1', 'not an address', ''],
  ])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it('are connected to as they were checked, and not at all when one of several is private', async () => {
    expect(await looked(checkedLookup(false, resolving('8.8.8.8')))).toBe('8.8.8.8');
    expect(await looked(checkedLookup(false, resolving('8.8.8.8', '127.0.0.1')))).toBeInstanceOf(AddressNotAllowed);
    expect(await looked(checkedLookup(true, resolving('127.0.0.1')))).toBe('127.0.0.1');
    expect(await looked(checkedLookup(false, resolving()))).toBeInstanceOf(Error);
    expect(await looked(checkedLookup(false, resolving('8.8.8.8')), { all: true })).toEqual([
      { address: '8.8.8.8', family: 4 },
    ]);
    expect(await looked(fixedLookup('127.0.0.1'))).toBe('127.0.0.1');
  });
});
