import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import { type Keywarden, type KeywardenOptions, harnessAccount, startKeywarden } from '@keywarden/harness';
import { type SignedCall, type WireResponse, callSigned } from './signed-call';

/** A standalone service of one test file, as its clients see it. */
export interface AService {
  readonly running: Keywarden;
  /** A client of the official SDK that does not retry, for one of the service's Regions; the first one when absent. */
  client(region?: string, more?: Partial<KMSClientConfig>): KMSClient;
  /** The call as bytes, for what an SDK hides. */
  wire(operation: string, body: unknown, more?: Partial<SignedCall>): Promise<WireResponse>;
  /** The ARN of a key id or of an alias name. */
  arn(resource: string, region?: string): string;
}

export const account = harnessAccount.account;

/** Starts the built service before the tests of this file and ends it after them. */
export function aService(options: KeywardenOptions = {}): AService {
  let started: Keywarden | undefined;
  const clients: KMSClient[] = [];
  const running = (): Keywarden => {
    if (started === undefined) throw new Error('the service is started before the tests, not while they are declared');
    return started;
  };

  beforeAll(async () => {
    started = await startKeywarden(options);
  }, 90_000);

  afterAll(async () => {
    for (const client of clients) client.destroy();
    await started?.stop();
  }, 90_000);

  return {
    get running() {
      return running();
    },
    client: (region = running().region, more = {}) => {
      const { endpoint, credentials } = running();
      const client = new KMSClient({ endpoint, region, credentials, maxAttempts: 1, ...more });
      clients.push(client);
      return client;
    },
    wire: (operation, body, more = {}) => {
      const { endpoint, credentials, region } = running();
      return callSigned({ endpoint, credentials, region, operation, body: JSON.stringify(body), ...more });
    },
    arn: (resource, region = running().region) =>
      `arn:aws:kms:${region}:${account}:${resource.startsWith('alias/') ? resource : `key/${resource}`}`,
  };
}
