import { noKeyStores, parseKeyStoresFile } from './key-stores-file';

const parsed = (value: unknown) => parseKeyStoresFile(JSON.stringify(value));
const cluster = { module: '/usr/lib/softhsm/libsofthsm2.so', token: 'keywarden', trustAnchorFile: 'ca.pem' };

describe('the file of custom key stores', () => {
  it('is the absence of it when it is empty', () => {
    expect(parsed({})).toEqual(noKeyStores);
  });

  it('maps cluster ids onto tokens and endpoint services onto addresses', () => {
    const service = { privateDnsName: 'xks.example.com', address: '10.0.0.7' };
    expect(
      parsed({
        clusters: { 'cluster-aa23b4cdefg': cluster },
        vpcEndpointServices: { 'com.amazonaws.vpce.us-east-1.vpce-svc-0a': service },
        xks: { allowPrivateAddresses: true },
      }),
    ).toEqual({
      clusters: { 'cluster-aa23b4cdefg': { ...cluster, sessions: 1 } },
      vpcEndpointServices: { 'com.amazonaws.vpce.us-east-1.vpce-svc-0a': { ...service, port: 443 } },
      xks: { allowPrivateAddresses: true, timeoutMs: 250, healthCheckSeconds: 300 },
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['a misspelt member', { cluster: {} }, /^cluster /],
    ['another id', { clusters: { mine: cluster } }, /cluster id/],
    ['a relative module', { clusters: { 'cluster-aaaaaaaaaaa': { ...cluster, module: 'a.so' } } }, /absolute path/],
    [
      'a name for an address',
      { vpcEndpointServices: { 'com.amazonaws.vpce.us-east-1.vpce-svc-0a': { privateDnsName: 'a', address: 'b' } } },
      /IP address/,
    ],
    ['no time at all', { xks: { timeoutMs: 1 } }, /^xks\.timeoutMs /],
    ['health that is never asked for', { xks: { healthCheckSeconds: 0 } }, /^xks\.healthCheckSeconds /],
    [
      'half a client certificate',
      { xks: { clientCertificate: { certFile: 'a.pem' } } },
      /^xks\.clientCertificate\.keyFile /,
    ],
  ])('is refused with %s', (_what, value, message) => {
    expect(() => parsed(value)).toThrow(message);
  });

  it('is refused when it is no JSON', () => {
    expect(() => parseKeyStoresFile('{')).toThrow('is no JSON');
  });
});
