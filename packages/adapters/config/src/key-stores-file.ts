import * as v from 'valibot';

/** What the operator says of custom key stores; nothing of it can come from a caller of the API. */
export interface KeyStoreSettings {
  /** What the ids of CloudHSM clusters stand for. */
  readonly clusters: Readonly<Record<string, ClusterSettings>>;
  /** Private ways to XKS proxies, by the name of the VPC endpoint service they stand for. */
  readonly vpcEndpointServices: Readonly<Record<string, EndpointServiceSettings>>;
  readonly xks: {
    readonly allowPrivateAddresses: boolean;
    /** Milliseconds for an attempt, 50 to 30,000. */
    readonly timeoutMs: number;
    /** How often the health of each proxy is asked for, 1 to 3,600. */
    readonly healthCheckSeconds: number;
    /** PEM file of authorities beside those of the platform. */
    readonly caFile?: string | undefined;
    /** Shown to proxies at public endpoints. */
    readonly clientCertificate?: ClientCertificateFiles | undefined;
  };
}

/** PEM files of a certificate with its chain, and of its private key. */
export interface ClientCertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface ClusterSettings {
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  /** PEM file of the certificate that CreateCustomKeyStore must present. */
  readonly trustAnchorFile: string;
  readonly sessions: number;
}

export interface EndpointServiceSettings {
  readonly privateDnsName: string;
  readonly address: string;
  readonly port: number;
  /** Shown to this proxy. */
  readonly clientCertificate?: ClientCertificateFiles | undefined;
}

export const noKeyStores: KeyStoreSettings = {
  clusters: {},
  vpcEndpointServices: {},
  xks: { allowPrivateAddresses: false, timeoutMs: 250, healthCheckSeconds: 300 },
};

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4_096));
const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const clientCertificate = v.optional(v.strictObject({ certFile: text, keyFile: text }));

const schema = v.strictObject({
  clusters: v.optional(
    v.record(
      v.pipe(
        v.string(),
        v.regex(/^cluster-[2-7a-zA-Z]{11,16}$/, 'must be a cluster id: cluster- and 11 to 16 characters'),
      ),
      v.strictObject({
        module: v.pipe(text, v.startsWith('/', 'must be an absolute path')),
        token: v.pipe(text, v.maxBytes(32, 'must be a token label of 1 to 32 bytes')),
        trustAnchorFile: text,
        sessions: v.optional(whole(1, 16), 1),
      }),
    ),
    {},
  ),
  vpcEndpointServices: v.optional(
    v.record(
      v.pipe(
        v.string(),
        v.regex(
          /^(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}\d+\.vpce-svc-[0-9a-z]+$/,
          'must be the name of a VPC endpoint service',
        ),
      ),
      v.strictObject({
        privateDnsName: v.pipe(text, v.regex(/^[a-zA-Z0-9.-]+$/, 'must be a host name')),
        address: v.pipe(v.string(), v.ip('must be an IP address')),
        port: v.optional(whole(1, 65_535), 443),
        clientCertificate,
      }),
    ),
    {},
  ),
  xks: v.optional(
    v.strictObject({
      allowPrivateAddresses: v.optional(v.boolean(), false),
      timeoutMs: v.optional(whole(50, 30_000), 250),
      healthCheckSeconds: v.optional(whole(1, 3_600), 300),
      caFile: v.optional(text),
      clientCertificate,
    }),
    {},
  ),
});

/** @throws Error with one line that names the member and what it must be */
export function parseKeyStoresFile(json: string): KeyStoreSettings {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error('is no JSON');
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = issue.path?.map(({ key }) => String(key)).join('.') ?? 'the file';
  throw new Error(`${path} ${issue.message}`);
}
