import { AddressLimiter, type AddressLimits } from './address-limiter';

const nat = '192.0.2.1';
const known = 'AKIAKNOWN00000000000';
const guessed = 'AKIAGUESSED000000000';

function suite(limits: Partial<AddressLimits> = {}) {
  const clock = { now: 1_000 };
  const limiter = new AddressLimiter(() => clock.now, { failures: { perSecond: 10, burst: 5 }, ...limits });
  const fail = (times: number, address = nat, id: string | undefined = guessed) => {
    let tried = 0;
    for (let index = 0; index < times; index += 1) {
      if (!limiter.admits(address, id)) continue;
      tried += 1;
      limiter.failed(address, id);
    }
    return tried;
  };
  return { clock, limiter, fail };
}

it('turns an address away that has failed too often, until failures have come back', () => {
  const { clock, limiter, fail } = suite();
  expect(fail(20)).toBe(5);
  expect(limiter.admits(nat, undefined)).toBe(false);
  expect(limiter.admits('192.0.2.2', guessed)).toBe(true);
  clock.now += 99;
  expect(limiter.admits(nat, guessed)).toBe(false);
  clock.now += 1;
  expect(fail(20)).toBe(1);
  expect(limiter.turnedAway).toBe(15 + 1 + 1 + 19);
});

it('never turns away who does not fail, however often they come', () => {
  const { limiter } = suite();
  for (let index = 0; index < 1_000; index += 1) {
    expect(limiter.admits(nat, known)).toBe(true);
    limiter.succeeded(nat, known);
  }
});

it('does not starve a good client behind the address of a bad one', () => {
  const { clock, limiter, fail } = suite();
  limiter.succeeded(nat, known);
  for (let minute = 0; minute < 60; minute += 1) {
    clock.now += 60_000;
    fail(100);
    expect(limiter.admits(nat, guessed)).toBe(false);
    expect(limiter.admits(nat, known)).toBe(true);
    limiter.succeeded(nat, known);
  }
});

it('counts failures in the name of a known access key by themselves', () => {
  const { clock, limiter, fail } = suite();
  limiter.succeeded(nat, known);
  expect(fail(20, nat, known)).toBe(5);
  expect(limiter.admits(nat, known)).toBe(false);
  expect(limiter.admits(nat, guessed)).toBe(true);
  clock.now += 100;
  expect(limiter.admits(nat, known)).toBe(true);
});

it('knows an access key only from where it signed well, and for a while', () => {
  const { clock, limiter, fail } = suite({ knownForMs: 60_000 });
  limiter.succeeded('192.0.2.9', known);
  fail(20);
  expect(limiter.admits(nat, known)).toBe(false);
  limiter.succeeded(nat, known);
  expect(limiter.admits(nat, known)).toBe(true);
  clock.now += 60_000;
  fail(20);
  expect(limiter.admits(nat, known)).toBe(false);
});

it('limits a whole IPv6 network of one customer together', () => {
  const { fail } = suite();
  let tried = 0;
  for (let host = 1; host <= 50; host += 1) tried += fail(1, `2001:db8:0:7::${host.toString(16)}`);
  expect(tried).toBe(5);
  expect(fail(1, '2001:db8:0:8::1')).toBe(1);
});

it('holds no more than it may of addresses and of pairs, whoever sends from how many', () => {
  const { limiter, fail } = suite({ capacity: 100 });
  for (let host = 0; host < 5_000; host += 1) {
    const address = `10.${host >> 8}.${host & 255}.1`;
    fail(3, address);
    limiter.succeeded(address, known);
  }
  const { addresses, pairs } = limiter.held;
  expect([addresses, pairs]).toEqual([100, 100]);
});
