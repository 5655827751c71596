import { parseSpeed } from './openssl-speed';

describe('what openssl speed prints', () => {
  it('tells the signatures per second of all processes', () => {
    const printed = 'Got: +F2:2:2048:3035.0:45108.0 from 1\n+F2:2:2048:6147.000000:90208.000000\n';
    expect(parseSpeed(printed)).toBe(6147);
    expect(parseSpeed('+F6:0:253:Ed25519:39900.0:15968.0\n')).toBe(39900);
  });

  it('tells nothing of an algorithm it does not know', () => {
    expect(parseSpeed('')).toBeUndefined();
  });
});
