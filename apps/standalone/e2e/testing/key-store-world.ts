import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as kms from '@aws-sdk/client-kms';
import { SoftHsm } from '@keywarden/pkcs11/testing';
import { FakeProxy, aCertificate, proxyCredential } from '@keywarden/xks-client/testing';

export const clusterId = 'cluster-aaaaaaaaaaa';
export const otherClusterId = 'cluster-bbbbbbbbbbb';
export const endpointService = 'com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c';
export const proxyHost = 'xks.example.test';
/** A second way to the same proxy, under another name. */
export const spareService = `${endpointService}d`;
const spareHost = 'spare.example.test';
export const spareEndpoint = `https://${spareHost}`;
export const password = 'kmsuser password';

/** What is outside of the service: a token of SoftHSM, an XKS proxy, and the operator's file that names both. */
export class KeyStoreWorld {
  readonly hsm = new SoftHsm();
  readonly #folder = mkdtempSync(join(tmpdir(), 'keywarden-key-stores-'));
  readonly #certificate = aCertificate(proxyHost, spareHost);
  proxy!: FakeProxy;

  get trustAnchor(): string {
    return this.#certificate.cert;
  }

  /** @returns the environment of the service */
  async open(): Promise<Readonly<Record<string, string>>> {
    this.hsm.addToken('keywarden', password);
    this.proxy = await FakeProxy.start('us-east-1', proxyHost, this.#certificate);
    const [file, anchor] = [join(this.#folder, 'key-stores.json'), join(this.#folder, 'anchor.pem')];
    writeFileSync(anchor, this.#certificate.cert);
    const cluster = { module: this.hsm.module, token: 'keywarden', trustAnchorFile: anchor };
    const service = { privateDnsName: proxyHost, address: '127.0.0.1', port: this.proxy.port };
    writeFileSync(
      file,
      JSON.stringify({
        clusters: { [clusterId]: cluster, [otherClusterId]: { ...cluster, token: 'not there' } },
        vpcEndpointServices: { [endpointService]: service, [spareService]: { ...service, privateDnsName: spareHost } },
        xks: { caFile: anchor, timeoutMs: 5_000 },
      }),
    );
    return {
      KEYWARDEN_KEY_STORES_FILE: file,
      SOFTHSM2_CONF: this.hsm.configuration,
      KEYWARDEN_SCHEDULER_INTERVAL_MS: '200',
    };
  }

  async close(): Promise<void> {
    await this.proxy.close();
    this.hsm.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  clusterStore(changes: Partial<kms.CreateCustomKeyStoreCommandInput> = {}): kms.CreateCustomKeyStoreCommandInput {
    return {
      CustomKeyStoreName: 'cluster',
      CloudHsmClusterId: clusterId,
      TrustAnchorCertificate: this.trustAnchor,
      KeyStorePassword: password,
      ...changes,
    };
  }

  proxyStore(changes: Partial<kms.CreateCustomKeyStoreCommandInput> = {}): kms.CreateCustomKeyStoreCommandInput {
    return {
      CustomKeyStoreName: 'proxy',
      CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
      XksProxyUriEndpoint: `https://${proxyHost}`,
      XksProxyUriPath: '/store/kms/xks/v1',
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyVpcEndpointServiceName: endpointService,
      XksProxyAuthenticationCredential: {
        AccessKeyId: proxyCredential.accessKeyId,
        RawSecretAccessKey: proxyCredential.secret,
      },
      ...changes,
    };
  }
}

/** Processes of token sessions under a service. */
export function tokenProcesses(servicePid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return Number(parent) === servicePid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('token-process');
      } catch {
        return false;
      }
    });
}

/** Waits for a connection state. @throws Error after half a minute */
export async function becomes(
  client: kms.KMSClient,
  CustomKeyStoreId: string,
  state: kms.ConnectionStateType,
): Promise<kms.CustomKeyStoresListEntry> {
  let entry: kms.CustomKeyStoresListEntry | undefined;
  for (let waited = 0; waited < 30_000; waited += 50) {
    const { CustomKeyStores } = await client.send(new kms.DescribeCustomKeyStoresCommand({ CustomKeyStoreId }));
    entry = CustomKeyStores?.[0];
    if (entry?.ConnectionState === state) return entry;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the store is ${entry?.ConnectionState} ${entry?.ConnectionErrorCode ?? ''}, not ${state}`);
}
