import * as kms from '@aws-sdk/client-kms';
import { type Keywarden, startKeywarden } from '@keywarden/harness';
import { KeyStoreWorld, becomes } from './key-store-world';

/** A service of one test file with a token and an XKS proxy outside of it. */
export interface KeyStoreService {
  readonly world: KeyStoreWorld;
  readonly running: Keywarden;
  readonly client: kms.KMSClient;
  /** @returns the id of the store */
  create(input: kms.CreateCustomKeyStoreCommandInput): Promise<string>;
  connect(CustomKeyStoreId: string): Promise<void>;
  disconnect(CustomKeyStoreId: string): Promise<void>;
  encrypt(KeyId: string, EncryptionContext?: Record<string, string>): Promise<kms.EncryptCommandOutput>;
  decrypt(blob: Uint8Array | undefined, EncryptionContext?: Record<string, string>): Promise<kms.DecryptCommandOutput>;
}

/** What `encrypt` encrypts. */
export const secretText = 'a secret';
export const shown = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

/** Starts the service before the tests of this file and ends it after them. */
export function aKeyStoreService(): KeyStoreService {
  const world = new KeyStoreWorld();
  let running: Keywarden | undefined;
  let client: kms.KMSClient | undefined;
  const started = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the service is started before the tests, not while they are declared');
    return part;
  };

  beforeAll(async () => {
    running = await startKeywarden({ environment: await world.open() });
    const { endpoint, credentials, region } = running;
    client = new kms.KMSClient({ endpoint, credentials, region, maxAttempts: 1 });
  }, 120_000);
  afterAll(async () => {
    client?.destroy();
    await running?.stop();
    await world.close();
  }, 90_000);
  beforeEach(() => {
    world.proxy.misbehaviour = undefined;
  });

  const Plaintext = Buffer.from(secretText);
  return {
    world,
    get running() {
      return started(running);
    },
    get client() {
      return started(client);
    },
    create: async (input) =>
      (await started(client).send(new kms.CreateCustomKeyStoreCommand(input))).CustomKeyStoreId ?? '',
    connect: async (CustomKeyStoreId) => {
      await started(client).send(new kms.ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
      await becomes(started(client), CustomKeyStoreId, 'CONNECTED');
    },
    disconnect: async (CustomKeyStoreId) => {
      await started(client).send(new kms.DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
      await becomes(started(client), CustomKeyStoreId, 'DISCONNECTED');
    },
    encrypt: (KeyId, EncryptionContext) =>
      started(client).send(new kms.EncryptCommand({ KeyId, Plaintext, EncryptionContext })),
    decrypt: (CiphertextBlob, EncryptionContext) =>
      started(client).send(new kms.DecryptCommand({ CiphertextBlob, EncryptionContext })),
  };
}
