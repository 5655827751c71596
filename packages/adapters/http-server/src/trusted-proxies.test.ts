import fc from 'fast-check';
import type { RawHeaders } from './raw-message';
import type { RawClient } from './testing/raw-client';
import { serverPerTest } from './testing/suite';
import { TrustedProxies } from './trusted-proxies';

const proxies = new TrustedProxies(['10.1.0.0/16', '192.0.2.7/32', 'fd00::/8']);
const forwarded = (...values: string[]): RawHeaders => values.map((value) => ['X-Forwarded-For', value] as const);
const client = (peer: string, ...values: string[]) => proxies.clientOf(peer, forwarded(...values));

describe('the address of a client', () => {
  it('is that of the connection, whatever somebody who is no proxy says', () => {
    for (const spoofed of ['192.0.2.99', '10.1.0.1', '127.0.0.1, 10.1.0.1', 'nonsense', '']) {
      expect(client('203.0.113.5', spoofed)).toBe('203.0.113.5');
    }
    expect(client('10.2.0.1', '192.0.2.99')).toBe('10.2.0.1');
    expect(client('fe80::1%eth0', '192.0.2.99')).toBe('fe80::1');
  });

  it('is the last that no proxy of ours has, read from the right', () => {
    expect(client('10.1.0.1', '203.0.113.5')).toBe('203.0.113.5');
    expect(client('10.1.0.1', '203.0.113.5, 192.0.2.7')).toBe('203.0.113.5');
    expect(client('10.1.0.1', '203.0.113.5, 192.0.2.7', '10.1.2.3,10.1.2.4')).toBe('203.0.113.5');
    expect(client('fd00::1', '2001:DB8::5')).toBe('2001:db8::5');
  });

  it('is not what a client has written before its proxy did', () => {
    expect(client('10.1.0.1', '127.0.0.1, 203.0.113.5')).toBe('203.0.113.5');
    expect(client('10.1.0.1', '10.1.0.9, 203.0.113.5')).toBe('203.0.113.5');
    expect(client('10.1.0.1', '127.0.0.1', '203.0.113.5')).toBe('203.0.113.5');
    expect(client('10.1.0.1', 'what ever %, 203.0.113.5, 10.1.0.2')).toBe('203.0.113.5');
  });

  it('is the proxy itself when it asks by itself', () => {
    expect(client('10.1.0.1')).toBe('10.1.0.1');
    expect(client('10.1.0.1', '10.1.0.2, 192.0.2.7')).toBe('10.1.0.2');
  });

  it('may come with a port, and IPv4 as IPv6', () => {
    expect(client('10.1.0.1', '203.0.113.5:4711')).toBe('203.0.113.5');
    expect(client('10.1.0.1', '[2001:db8::5]:4711')).toBe('2001:db8::5');
    expect(client('10.1.0.1', '[2001:db8::5]')).toBe('2001:db8::5');
    expect(client('::ffff:10.1.0.1', '::ffff:203.0.113.5')).toBe('203.0.113.5');
    expect(client('10.1.0.1', '203.0.113.5, ::FFFF:0a01:0002')).toBe('203.0.113.5');
  });

  it.each([
    '',
    ' ',
    ',',
    'unknown',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.5 ,',
    '203.0.113.5;',
    '_hidden',
    'fe80::1%1',
  ])('cannot be told when a proxy passes on %j', (value) => {
    expect(client('10.1.0.1', value)).toBeUndefined();
  });

  it('cannot be told when there is no end to the proxies', () => {
    expect(client('10.1.0.1', Array(32).fill('10.1.0.2').join(','))).toBe('10.1.0.2');
    expect(client('10.1.0.1', Array(33).fill('10.1.0.2').join(','))).toBeUndefined();
  });

  it('is never one that a client could have chosen, by any list before the last hop', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6())), (before) => {
        expect(client('10.1.0.1', [...before, '203.0.113.5'].join(','))).toBe('203.0.113.5');
        expect(client('203.0.113.5', before.join(','))).toBe('203.0.113.5');
      }),
    );
  });
});

describe('a server behind proxies', () => {
  const start = serverPerTest();
  const ask = async (trusted: readonly string[] | undefined, header: string) => {
    const server = await start({ ...(trusted && { trustedProxies: trusted }) });
    const raw: RawClient = await server.client();
    raw.write(`POST / HTTP/1.1\r\nHost: k\r\nX-Forwarded-For: ${header}\r\nContent-Length: 0\r\n\r\n`);
    const { status } = await raw.response();
    return { status, address: server.requests[0]?.remoteAddress };
  };

  it('hands on the address of the client', async () => {
    expect(await ask(['127.0.0.0/8'], '192.0.2.1, 203.0.113.5')).toEqual({ status: 200, address: '203.0.113.5' });
  });

  it('believes nobody else, and nobody at all unless it is told to', async () => {
    expect(await ask(['10.0.0.0/8'], '203.0.113.5')).toEqual({ status: 200, address: '127.0.0.1' });
    expect(await ask(undefined, '203.0.113.5')).toEqual({ status: 200, address: '127.0.0.1' });
  });

  it('refuses what it cannot tell the client of', async () => {
    expect(await ask(['127.0.0.0/8'], 'unknown')).toEqual({ status: 400, address: undefined });
  });
});
