import { type AccountId, type Region, SecretBytes, parseAccountId, parseRegion } from '@keywarden/kernel';
import * as v from 'valibot';
import { type EventSettings, eventSettings, eventSettingsOf } from './event-settings';
import { parseTrustedNetworks } from './networks';
import { filled, parsedBy, wholeNumber } from './setting-kinds';
import { ConfigurationError } from './configuration-error';
import { type RootKeySettings, describedRootKey, rootKeyProviderNames, rootKeySettings } from './root-key-settings';

/** Everything that can be set from outside, parsed once at start. */
export interface Configuration {
  readonly host: string;
  readonly port: number;
  /** Where the embedded database, the root key file and the first credentials lie. */
  readonly dataDir: string;
  /** The first one is home: the first account's secrets are wrapped there. */
  readonly regions: readonly [Region, ...Region[]];
  readonly bootstrap: {
    readonly account?: AccountId;
    readonly accessKeyId?: string;
    readonly secretAccessKey?: SecretBytes;
  };
  readonly tls?: {
    readonly certFile: string;
    readonly keyFile: string;
    /** Clients must present a certificate of these authorities, and of this common name when there is one. */
    readonly clientCaFile?: string;
    readonly clientName?: string;
  };
  /** How many proxies a KMS elsewhere is told there are; 1 to 1,000. */
  readonly xksFleetSize: number;
  /** Where health and metrics are served beside the API; without a port nowhere. */
  readonly metrics: { readonly host: string; readonly port: number | undefined };
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Absent: the standalone app brings its own database. */
  readonly databaseUrl?: string;
  readonly rootKey: RootKeySettings;
  /** What is known of the root keys outside the database. */
  readonly rootKeyPin: {
    /** As `keywarden root status` prints it: the register of root keys must hold that entry. */
    readonly text: string | undefined;
    /** Holds the newest entry that was seen; made and kept by the processes of this machine. */
    readonly file: string;
    /** Whether the file was asked for: a process that cannot write it does not start then. */
    readonly fileNeeded: boolean;
  };
  readonly databasePoolSize: number;
  readonly schedulerIntervalMs: number;
  /** Nothing is deleted, expired or rotated while the clocks of scheduler and database differ by more. */
  readonly maxClockDifferenceMs: number;
  readonly events: EventSettings;
  readonly drainMs: number;
  /** Absent: every node limits by itself. */
  readonly redis?: { readonly url: string; readonly cluster: boolean };
  readonly keyQuota: number;
  /** `aws`: its quotas or those operators set; `off`: requests are not counted. */
  readonly requestQuotas: 'aws' | 'off';
  /** API nodes that request quotas are divided by where the nodes cannot count one another. */
  readonly nodes: number;
  /** Failed signatures an address may send each second, and ten times as many at once; 0: not limited. */
  readonly addressFailures: number;
  /** Networks in CIDR form whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly keyCacheSize: number;
  /** How long a node that lost touch may go on with what it holds, and how long a change waits for it at most. */
  readonly cacheLeaseMs: number;
  readonly audit: {
    /** Milliseconds a call waits for its record at most. */
    readonly deadlineMs: number;
    readonly checkpointIntervalMs: number;
    /** Absent: records are kept for ever. */
    readonly retentionDays: number | undefined;
    readonly anchorFile: string | undefined;
    readonly anchorUrl: string | undefined;
    /** Where copies of records go, as URLs. */
    readonly sinks: readonly string[];
  };
  /** PEM file of the certificates that attestation documents must chain to; absent: requests with a Recipient are refused. */
  readonly attestationRootsFile?: string;
  /** JSON file of the OIDC issuers that accounts believe; absent: there are no web identities. */
  readonly oidcIssuersFile?: string;
  /** JSON file of tokens and private ways to XKS proxies; absent: there are none. */
  readonly keyStoresFile?: string;
}

const settings = {
  KEYWARDEN_HOST: v.optional(filled, '127.0.0.1'),
  KEYWARDEN_PORT: v.optional(wholeNumber(0, 65_535), '8080'),
  KEYWARDEN_DATA_DIR: v.optional(filled, './data'),
  KEYWARDEN_REGIONS: v.optional(
    parsedBy(parseRegions, 'must be a comma list of different Region names such as eu-central-1'),
    'us-east-1',
  ),
  KEYWARDEN_BOOTSTRAP_ACCOUNT_ID: v.optional(parsedBy(parseAccountId, 'must be twelve digits')),
  KEYWARDEN_BOOTSTRAP_ACCESS_KEY_ID: v.optional(
    v.pipe(v.string(), v.regex(/^\w{16,128}$/, 'must be 16 to 128 letters, digits or underscores')),
  ),
  KEYWARDEN_BOOTSTRAP_SECRET_ACCESS_KEY: v.optional(
    parsedBy(
      (text) => (/^[\x21-\x7e]{16,128}$/.test(text) ? SecretBytes.adopt(new TextEncoder().encode(text)) : undefined),
      'must be 16 to 128 printable characters without blanks',
    ),
  ),
  KEYWARDEN_TLS_CERT_FILE: v.optional(filled),
  KEYWARDEN_TLS_KEY_FILE: v.optional(filled),
  KEYWARDEN_TLS_CLIENT_CA_FILE: v.optional(filled),
  KEYWARDEN_TLS_CLIENT_NAME: v.optional(filled),
  KEYWARDEN_XKS_FLEET_SIZE: v.optional(wholeNumber(1, 1_000), '1'),
  KEYWARDEN_METRICS_HOST: v.optional(filled, '127.0.0.1'),
  KEYWARDEN_METRICS_PORT: v.optional(wholeNumber(0, 65_535)),
  KEYWARDEN_LOG_LEVEL: v.optional(
    v.picklist(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent'),
    'info',
  ),
  KEYWARDEN_ROOT_KEY_PROVIDER: v.optional(
    v.picklist(rootKeyProviderNames, `must be one of ${rootKeyProviderNames.join(', ')}`),
    'file',
  ),
  KEYWARDEN_ROOT_KEY_FILE: v.optional(filled),
  KEYWARDEN_ROOT_KEY_PIN: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,4}:[0-9a-f]{64}$/, 'must be a pin as keywarden root status prints it')),
  ),
  KEYWARDEN_ROOT_KEY_PIN_FILE: v.optional(filled),
  KEYWARDEN_ROOT_KEY_PASSPHRASE_FILE: v.optional(filled),
  KEYWARDEN_UNSEAL_SOCKET: v.optional(filled),
  KEYWARDEN_ROOT_KEY_PKCS11_MODULE: v.optional(v.pipe(v.string(), v.startsWith('/', 'must be an absolute path'))),
  KEYWARDEN_ROOT_KEY_PKCS11_TOKEN: v.optional(v.pipe(filled, v.maxBytes(32, 'must be a token label of 1 to 32 bytes'))),
  KEYWARDEN_ROOT_KEY_PKCS11_KEY: v.optional(v.pipe(filled, v.maxBytes(255, 'must be a key label of 1 to 255 bytes'))),
  KEYWARDEN_ROOT_KEY_PKCS11_PIN_FILE: v.optional(filled),
  KEYWARDEN_ROOT_KEY_KMS_KEY_ID: v.optional(filled),
  KEYWARDEN_ROOT_KEY_KMS_REGION: v.optional(parsedBy(parseRegion, 'must be the name of a Region')),
  KEYWARDEN_ROOT_KEY_KMS_ENDPOINT: v.optional(
    v.pipe(v.string(), v.regex(/^https?:\/\/[^/\s]+\/?$/, 'must be the URL of an endpoint')),
  ),
  KEYWARDEN_DATABASE_POOL_SIZE: v.optional(wholeNumber(1, 100), '10'),
  KEYWARDEN_SCHEDULER_INTERVAL_MS: v.optional(wholeNumber(50, 3_600_000), '5000'),
  KEYWARDEN_MAX_CLOCK_DIFFERENCE_MS: v.optional(wholeNumber(100, 86_400_000), '60000'),
  ...eventSettings,
  KEYWARDEN_DRAIN_MS: v.optional(wholeNumber(0, 600_000), '10000'),
  KEYWARDEN_KEY_QUOTA: v.optional(wholeNumber(1, 100_000_000), '100000'),
  KEYWARDEN_AUDIT_DEADLINE_MS: v.optional(wholeNumber(100, 60_000), '2000'),
  KEYWARDEN_AUDIT_CHECKPOINT_INTERVAL_MS: v.optional(wholeNumber(1_000, 3_600_000), '60000'),
  KEYWARDEN_AUDIT_RETENTION_DAYS: v.optional(wholeNumber(1, 36_500)),
  KEYWARDEN_AUDIT_SINKS: v.optional(filled),
  KEYWARDEN_AUDIT_ANCHOR_FILE: v.optional(filled),
  KEYWARDEN_AUDIT_ANCHOR_URL: v.optional(
    parsedBy(
      (text) => (/^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text : undefined),
      'must be an http(s):// URL',
    ),
  ),
  KEYWARDEN_KEY_CACHE_SIZE: v.optional(wholeNumber(1, 10_000_000), '10000'),
  KEYWARDEN_CACHE_LEASE_MS: v.optional(wholeNumber(200, 10_000), '2000'),
  KEYWARDEN_ATTESTATION_ROOTS_FILE: v.optional(filled),
  KEYWARDEN_OIDC_ISSUERS_FILE: v.optional(filled),
  KEYWARDEN_KEY_STORES_FILE: v.optional(filled),
  KEYWARDEN_REQUEST_QUOTAS: v.optional(v.picklist(['aws', 'off'], 'must be aws or off'), 'aws'),
  KEYWARDEN_ADDRESS_FAILURES: v.optional(wholeNumber(0, 1_000_000), '20'),
  KEYWARDEN_TRUSTED_PROXIES: v.optional(
    parsedBy(parseTrustedNetworks, 'must be a comma list of networks such as 10.1.0.0/16 or fd00::/8, not all of them'),
  ),
  KEYWARDEN_NODES: v.optional(wholeNumber(1, 1_000), '1'),
  KEYWARDEN_REDIS_CLUSTER: v.optional(v.picklist(['true', 'false'], 'must be true or false'), 'false'),
  REDIS_URL: v.optional(v.pipe(v.string(), v.regex(/^rediss?:\/\//, 'must be a redis:// or rediss:// URL'))),
  DATABASE_URL: v.optional(v.pipe(v.string(), v.regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL'))),
};

type Name = keyof typeof settings;

const schema = v.object(settings);

/**
 * Reads the environment. Unknown `KEYWARDEN_*` names are refused: a misspelt setting must not be ignored.
 *
 * @throws ConfigurationError with one line that names the setting and what it must be, never its value
 */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined);
  const unknown = given.find(([name]) => name.startsWith('KEYWARDEN_') && !Object.hasOwn(settings, name));
  if (unknown !== undefined) throw new ConfigurationError(`${unknown[0]} is not a setting of Keywarden`);
  const known = Object.fromEntries(given.filter(([name]) => Object.hasOwn(settings, name)));
  const parsed = v.safeParse(schema, known);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new ConfigurationError(`${String(issue.path?.[0]?.key)} ${issue.message}`);
  }
  return toConfiguration(parsed.output);
}

function toConfiguration(values: v.InferOutput<typeof schema>): Configuration {
  const { KEYWARDEN_TLS_CERT_FILE: certFile, KEYWARDEN_TLS_KEY_FILE: keyFile } = values;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new ConfigurationError('KEYWARDEN_TLS_CERT_FILE and KEYWARDEN_TLS_KEY_FILE must be set together');
  }
  const { KEYWARDEN_TLS_CLIENT_CA_FILE: clientCaFile, KEYWARDEN_TLS_CLIENT_NAME: clientName } = values;
  if (clientCaFile !== undefined && certFile === undefined) {
    throw new ConfigurationError('KEYWARDEN_TLS_CLIENT_CA_FILE needs KEYWARDEN_TLS_CERT_FILE');
  }
  if (clientName !== undefined && clientCaFile === undefined) {
    throw new ConfigurationError('KEYWARDEN_TLS_CLIENT_NAME needs KEYWARDEN_TLS_CLIENT_CA_FILE');
  }
  const accessKeyId = values.KEYWARDEN_BOOTSTRAP_ACCESS_KEY_ID;
  const secretAccessKey = values.KEYWARDEN_BOOTSTRAP_SECRET_ACCESS_KEY;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new ConfigurationError(
      'KEYWARDEN_BOOTSTRAP_ACCESS_KEY_ID and KEYWARDEN_BOOTSTRAP_SECRET_ACCESS_KEY must be set together',
    );
  }
  return {
    host: values.KEYWARDEN_HOST,
    port: values.KEYWARDEN_PORT,
    dataDir: values.KEYWARDEN_DATA_DIR,
    regions: values.KEYWARDEN_REGIONS,
    bootstrap: { account: values.KEYWARDEN_BOOTSTRAP_ACCOUNT_ID, accessKeyId, secretAccessKey },
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile, clientCaFile, clientName },
    xksFleetSize: values.KEYWARDEN_XKS_FLEET_SIZE,
    metrics: { host: values.KEYWARDEN_METRICS_HOST, port: values.KEYWARDEN_METRICS_PORT },
    logLevel: values.KEYWARDEN_LOG_LEVEL,
    databaseUrl: values.DATABASE_URL,
    rootKey: rootKeySettings(values),
    rootKeyPin: {
      text: values.KEYWARDEN_ROOT_KEY_PIN,
      file: values.KEYWARDEN_ROOT_KEY_PIN_FILE ?? `${values.KEYWARDEN_DATA_DIR}/root-key.pin`,
      fileNeeded: values.KEYWARDEN_ROOT_KEY_PIN_FILE !== undefined,
    },
    databasePoolSize: values.KEYWARDEN_DATABASE_POOL_SIZE,
    schedulerIntervalMs: values.KEYWARDEN_SCHEDULER_INTERVAL_MS,
    maxClockDifferenceMs: values.KEYWARDEN_MAX_CLOCK_DIFFERENCE_MS,
    events: eventSettingsOf(values),
    drainMs: values.KEYWARDEN_DRAIN_MS,
    redis: redisFrom(values.REDIS_URL, values.KEYWARDEN_REDIS_CLUSTER === 'true'),
    keyQuota: values.KEYWARDEN_KEY_QUOTA,
    requestQuotas: values.KEYWARDEN_REQUEST_QUOTAS,
    nodes: values.KEYWARDEN_NODES,
    addressFailures: values.KEYWARDEN_ADDRESS_FAILURES,
    trustedProxies: values.KEYWARDEN_TRUSTED_PROXIES ?? [],
    keyCacheSize: values.KEYWARDEN_KEY_CACHE_SIZE,
    cacheLeaseMs: values.KEYWARDEN_CACHE_LEASE_MS,
    audit: {
      deadlineMs: values.KEYWARDEN_AUDIT_DEADLINE_MS,
      checkpointIntervalMs: values.KEYWARDEN_AUDIT_CHECKPOINT_INTERVAL_MS,
      retentionDays: values.KEYWARDEN_AUDIT_RETENTION_DAYS,
      anchorFile: values.KEYWARDEN_AUDIT_ANCHOR_FILE,
      anchorUrl: values.KEYWARDEN_AUDIT_ANCHOR_URL,
      sinks: values.KEYWARDEN_AUDIT_SINKS?.split(',').map((url) => url.trim()) ?? [],
    },
    attestationRootsFile: values.KEYWARDEN_ATTESTATION_ROOTS_FILE,
    oidcIssuersFile: values.KEYWARDEN_OIDC_ISSUERS_FILE,
    keyStoresFile: values.KEYWARDEN_KEY_STORES_FILE,
  };
}

function redisFrom(url: string | undefined, cluster: boolean): Configuration['redis'] {
  if (url === undefined && cluster) {
    throw new ConfigurationError('KEYWARDEN_REDIS_CLUSTER and REDIS_URL must be set together');
  }
  return url === undefined ? undefined : { url, cluster };
}

function parseRegions(text: string): readonly [Region, ...Region[]] | undefined {
  const [home, ...others] = text.split(',').map((name) => parseRegion(name.trim()));
  if (home === undefined || others.some((region) => region === undefined)) return undefined;
  const regions = [home, ...others.filter((region) => region !== undefined)] as const;
  return new Set(regions).size === regions.length ? [...regions] : undefined;
}

/** What may be printed at start: secrets and the credentials inside URLs are left out. */
export function redacted(configuration: Configuration): Readonly<Record<string, string | number | undefined>> {
  const { audit, bootstrap, databaseUrl, redis, tls } = configuration;
  return {
    host: configuration.host,
    port: configuration.port,
    dataDir: configuration.dataDir,
    regions: configuration.regions.join(','),
    bootstrapAccount: bootstrap.account,
    bootstrapAccessKeyId: bootstrap.accessKeyId,
    tlsCertFile: tls?.certFile,
    tlsClientCaFile: tls?.clientCaFile,
    tlsClientName: tls?.clientName,
    metricsHost: configuration.metrics.host,
    metricsPort: configuration.metrics.port,
    logLevel: configuration.logLevel,
    database: databaseUrl === undefined ? 'embedded' : withoutCredentials(databaseUrl),
    redis: redis?.url.split(',').map(withoutCredentials).join(','),
    redisCluster: redis?.cluster === true ? 'true' : undefined,
    ...describedRootKey(configuration.rootKey),
    rootKeyPin: configuration.rootKeyPin.text,
    rootKeyPinFile: configuration.rootKeyPin.file,
    databasePoolSize: configuration.databasePoolSize,
    schedulerIntervalMs: configuration.schedulerIntervalMs,
    maxClockDifferenceMs: configuration.maxClockDifferenceMs,
    warningDays: configuration.events.warningDays.join(','),
    eventGiveUpHours: configuration.events.giveUpHours,
    eventRetentionDays: configuration.events.retentionDays,
    eventHttpNetworks: configuration.events.httpNetworks.join(','),
    keyQuota: configuration.keyQuota,
    requestQuotas: configuration.requestQuotas,
    nodes: configuration.nodes,
    addressFailures: configuration.addressFailures,
    trustedProxies: configuration.trustedProxies.length === 0 ? undefined : configuration.trustedProxies.join(','),
    keyCacheSize: configuration.keyCacheSize,
    cacheLeaseMs: configuration.cacheLeaseMs,
    auditDeadlineMs: audit.deadlineMs,
    auditCheckpointIntervalMs: audit.checkpointIntervalMs,
    auditRetentionDays: audit.retentionDays,
    auditSinks: audit.sinks.length === 0 ? undefined : audit.sinks.map(withoutCredentials).join(','),
    auditAnchorFile: audit.anchorFile,
    auditAnchorHost: audit.anchorUrl && URL.parse(audit.anchorUrl)?.host,
    attestationRootsFile: configuration.attestationRootsFile,
    oidcIssuersFile: configuration.oidcIssuersFile,
    keyStoresFile: configuration.keyStoresFile,
  };
}

function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return '(unreadable)';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** The settings this release knows, for the documentation's table. */
export const settingNames: readonly Name[] = Object.keys(settings) as Name[];
