import { readConfiguration, redacted } from './configuration';
import { ConfigurationError } from './configuration-error';

describe('readConfiguration', () => {
  it('needs no setting at all', () => {
    expect(readConfiguration({})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataDir: './data',
      regions: ['us-east-1'],
      rootKey: { provider: 'file', file: './data/root-key' },
      logLevel: 'info',
      metrics: { host: '127.0.0.1', port: undefined },
    });
  });

  it('takes the Regions as a list whose first one is home', () => {
    expect(readConfiguration({ KEYWARDEN_REGIONS: 'eu-central-1, eu-west-1' }).regions).toEqual([
      'eu-central-1',
      'eu-west-1',
    ]);
  });

  it.each([
    ['KEYWARDEN_PORT', 'http'],
    ['KEYWARDEN_PORT', '65536'],
    ['KEYWARDEN_PORT', '-1'],
    ['KEYWARDEN_PORT', ''],
    ['KEYWARDEN_METRICS_PORT', '65536'],
    ['KEYWARDEN_METRICS_HOST', ''],
    ['KEYWARDEN_REGIONS', 'Frankfurt'],
    ['KEYWARDEN_REGIONS', 'eu-west-1,eu-west-1'],
    ['KEYWARDEN_BOOTSTRAP_ACCOUNT_ID', '123'],
    ['KEYWARDEN_LOG_LEVEL', 'chatty'],
    ['DATABASE_URL', 'mysql://localhost/keys'],
    ['REDIS_URL', 'localhost:6379'],
    ['KEYWARDEN_REQUEST_QUOTAS', 'generous'],
    ['KEYWARDEN_NODES', '0'],
    ['KEYWARDEN_ADDRESS_FAILURES', 'few'],
    ['KEYWARDEN_TRUSTED_PROXIES', ''],
    ['KEYWARDEN_TRUSTED_PROXIES', '10.1.0.1'],
    ['KEYWARDEN_TRUSTED_PROXIES', '10.1.0.0/33'],
    ['KEYWARDEN_TRUSTED_PROXIES', '10.1.0.0/16,0.0.0.0/0'],
    ['KEYWARDEN_TRUSTED_PROXIES', '::/00'],
    ['KEYWARDEN_REDIS_CLUSTER', 'yes'],
  ])('stops with one line that names %s when it is %j', (name, value) => {
    expect(() => readConfiguration({ [name]: value })).toThrow(ConfigurationError);
    expect(() => readConfiguration({ [name]: value })).toThrow(new RegExp(`^${name} must [^\n]+$`));
  });

  it('stops at a name it does not know', () => {
    expect(() => readConfiguration({ KEYWARDEN_PROT: '1' })).toThrow('KEYWARDEN_PROT is not a setting of Keywarden');
  });

  it('leaves names of other programs alone', () => {
    expect(() => readConfiguration({ PATH: '/bin', constructor: 'x' })).not.toThrow();
  });

  it('trusts no proxies but those it is told of', () => {
    expect(readConfiguration({}).trustedProxies).toEqual([]);
    const { trustedProxies } = readConfiguration({ KEYWARDEN_TRUSTED_PROXIES: '10.1.0.0/16, fd00::/8' });
    expect(trustedProxies).toEqual(['10.1.0.0/16', 'fd00::/8']);
  });

  it('takes the servers of Redis', () => {
    expect(readConfiguration({}).redis).toBeUndefined();
    const environment = { REDIS_URL: 'rediss://one,rediss://two', KEYWARDEN_REDIS_CLUSTER: 'true' };
    expect(readConfiguration(environment).redis).toEqual({ url: 'rediss://one,rediss://two', cluster: true });
    expect(() => readConfiguration({ KEYWARDEN_REDIS_CLUSTER: 'true' })).toThrow('must be set together');
  });

  it.each(['KEYWARDEN_TLS_CERT_FILE', 'KEYWARDEN_TLS_KEY_FILE', 'KEYWARDEN_BOOTSTRAP_ACCESS_KEY_ID'])(
    'stops when %s stands without its other half',
    (name) => {
      expect(() => readConfiguration({ [name]: 'AKIAIOSFODNN7EXAMPLE' })).toThrow('must be set together');
    },
  );

  it.each([
    ['KEYWARDEN_TLS_CLIENT_CA_FILE', 'KEYWARDEN_TLS_CERT_FILE'],
    ['KEYWARDEN_TLS_CLIENT_NAME', 'KEYWARDEN_TLS_CLIENT_CA_FILE'],
  ])('stops when %s stands without %s', (name, needed) => {
    expect(() => readConfiguration({ [name]: 'given' })).toThrow(`${name} needs ${needed}`);
  });

  it('reads how long before a deadline somebody is warned, and where plain http may go', () => {
    expect(readConfiguration({}).events).toEqual({
      warningDays: [30, 7, 1],
      giveUpHours: 72,
      retentionDays: 30,
      httpNetworks: [],
    });
    const environment = { KEYWARDEN_WARNING_DAYS: '1, 90,1', KEYWARDEN_EVENT_HTTP_NETWORKS: '10.0.0.0/8, fd00::/8' };
    expect(readConfiguration(environment).events).toMatchObject({
      warningDays: [90, 1],
      httpNetworks: ['10.0.0.0/8', 'fd00::/8'],
    });
    expect(readConfiguration({ KEYWARDEN_WARNING_DAYS: 'none' }).events.warningDays).toEqual([]);
  });

  it.each([
    ['KEYWARDEN_WARNING_DAYS', ''],
    ['KEYWARDEN_WARNING_DAYS', '0'],
    ['KEYWARDEN_WARNING_DAYS', '366'],
    ['KEYWARDEN_WARNING_DAYS', '1.5'],
    ['KEYWARDEN_WARNING_DAYS', '1,2,3,4,5,6,7,8,9,10,11'],
    ['KEYWARDEN_EVENT_HTTP_NETWORKS', '10.0.0.0'],
    ['KEYWARDEN_EVENT_HTTP_NETWORKS', '10.0.0.0/33'],
    ['KEYWARDEN_EVENT_HTTP_NETWORKS', 'fd00::/129'],
    ['KEYWARDEN_EVENT_HTTP_NETWORKS', ''],
    ['KEYWARDEN_MAX_CLOCK_DIFFERENCE_MS', '99'],
    ['KEYWARDEN_EVENT_GIVE_UP_HOURS', '0'],
  ])('stops when %s is %j', (name, value) => {
    expect(() => readConfiguration({ [name]: value })).toThrow(new RegExp(`^${name} must be`));
  });

  it.each([
    [{ KEYWARDEN_ROOT_KEY_PROVIDER: 'passphrase', KEYWARDEN_ROOT_KEY_PASSPHRASE_FILE: '/run/secrets/word' }],
    [{ KEYWARDEN_ROOT_KEY_PROVIDER: 'shares' }],
    [{ KEYWARDEN_ROOT_KEY_PROVIDER: 'file', KEYWARDEN_ROOT_KEY_FILE: '/run/secrets/root-key' }],
    [
      {
        KEYWARDEN_ROOT_KEY_PROVIDER: 'pkcs11',
        KEYWARDEN_ROOT_KEY_PKCS11_MODULE: '/usr/lib/softhsm/libsofthsm2.so',
        KEYWARDEN_ROOT_KEY_PKCS11_TOKEN: 'keywarden',
        KEYWARDEN_ROOT_KEY_PKCS11_KEY: 'root',
        KEYWARDEN_ROOT_KEY_PKCS11_PIN_FILE: '/run/secrets/pin',
      },
    ],
    [
      {
        KEYWARDEN_ROOT_KEY_PROVIDER: 'aws-kms',
        KEYWARDEN_ROOT_KEY_KMS_KEY_ID: 'alias/root',
        KEYWARDEN_ROOT_KEY_KMS_REGION: 'eu-central-1',
        KEYWARDEN_ROOT_KEY_KMS_ENDPOINT: 'https://kms.example',
      },
    ],
  ])('takes the root key provider of %j', (environment) => {
    const { rootKey } = readConfiguration({ ...environment, KEYWARDEN_DATA_DIR: '/data' });
    expect(rootKey).toEqual(
      {
        passphrase: { provider: 'passphrase', passphraseFile: '/run/secrets/word' },
        shares: { provider: 'shares', unsealSocket: '/data/unseal.sock' },
        file: { provider: 'file', file: '/run/secrets/root-key' },
        pkcs11: {
          provider: 'pkcs11',
          module: '/usr/lib/softhsm/libsofthsm2.so',
          token: 'keywarden',
          keyLabel: 'root',
          pinFile: '/run/secrets/pin',
        },
        'aws-kms': {
          provider: 'aws-kms',
          keyId: 'alias/root',
          region: 'eu-central-1',
          endpoint: 'https://kms.example',
        },
      }[environment.KEYWARDEN_ROOT_KEY_PROVIDER],
    );
  });

  it.each([
    [{ KEYWARDEN_ROOT_KEY_PROVIDER: 'shamir' }, /^KEYWARDEN_ROOT_KEY_PROVIDER must be one of file, /],
    [{ KEYWARDEN_ROOT_KEY_PROVIDER: 'pkcs11' }, /^KEYWARDEN_ROOT_KEY_PKCS11_MODULE must be set for /],
    [{ KEYWARDEN_ROOT_KEY_PKCS11_MODULE: 'a.so' }, /^KEYWARDEN_ROOT_KEY_PKCS11_MODULE must be an absolute path$/],
    [{ KEYWARDEN_ROOT_KEY_PKCS11_TOKEN: 'x'.repeat(33) }, /^KEYWARDEN_ROOT_KEY_PKCS11_TOKEN must be a token label/],
    [{ KEYWARDEN_ROOT_KEY_PKCS11_KEY: 'root' }, /^KEYWARDEN_ROOT_KEY_PKCS11_KEY belongs to .*=pkcs11, and it is file$/],
    [{ KEYWARDEN_ROOT_KEY_PROVIDER: 'aws-kms' }, /^KEYWARDEN_ROOT_KEY_KMS_KEY_ID must be set for /],
    [{ KEYWARDEN_ROOT_KEY_KMS_ENDPOINT: 'kms.example' }, /^KEYWARDEN_ROOT_KEY_KMS_ENDPOINT must be the URL/],
    [{ KEYWARDEN_ROOT_KEY_PROVIDER: 'passphrase' }, /^KEYWARDEN_ROOT_KEY_PASSPHRASE_FILE must be set for /],
    [{ KEYWARDEN_ROOT_KEY_PROVIDER: 'shares', KEYWARDEN_ROOT_KEY_FILE: 'x' }, /^KEYWARDEN_ROOT_KEY_FILE belongs to /],
    [{ KEYWARDEN_UNSEAL_SOCKET: 'x' }, /^KEYWARDEN_UNSEAL_SOCKET belongs to .*=shares, and it is file$/],
  ])('stops with one line at the root key settings %j', (environment, line) => {
    expect(() => readConfiguration(environment)).toThrow(ConfigurationError);
    expect(() => readConfiguration(environment)).toThrow(line);
  });

  it('never repeats a secret, neither in an error nor in what is printed at start', () => {
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    const environment = {
      KEYWARDEN_BOOTSTRAP_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      KEYWARDEN_BOOTSTRAP_SECRET_ACCESS_KEY: secret,
      DATABASE_URL: 'postgres://keywarden:hunter2@db.example:5432/keys',
      REDIS_URL: 'redis://:hunter2@one.example,redis://:hunter2@two.example',
      KEYWARDEN_REDIS_CLUSTER: 'true',
    };
    const printed = JSON.stringify([
      redacted(readConfiguration(environment)),
      readConfiguration(environment).bootstrap,
    ]);
    expect(printed).not.toContain(secret);
    expect(printed).not.toContain('hunter2');
    expect(printed).toContain('redis://one.example,redis://two.example');
    const tooShort = { ...environment, KEYWARDEN_BOOTSTRAP_SECRET_ACCESS_KEY: 'short secret' };
    expect(() => readConfiguration(tooShort)).toThrow(/^(?!.*short secret).*$/);
  });
});
