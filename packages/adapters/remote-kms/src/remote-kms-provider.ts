import { createHash } from 'node:crypto';
import type * as Kms from '@aws-sdk/client-kms';
import type { OpenProvider, ProviderDescription, RootKeyProvider } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';

export interface RemoteKmsOptions {
  /** Id, ARN or alias of a symmetric KMS key there. */
  readonly keyId: string;
  readonly region: string;
  /** Absent: the one of AWS for the Region. */
  readonly endpoint?: string | undefined;
  /** For one attempt; there are at most three. Default 5,000. */
  readonly timeoutMs?: number;
}

/** The other KMS cannot be asked, or refuses; the message is one line for an operator. */
export class RemoteKmsError extends Error {
  override readonly name = 'RemoteKmsError';
}

type Client = Pick<Kms.KMSClient, 'send'>;
type Sdk = typeof Kms;

const connectTimeoutMs = 3_000;
const attempts = 3;
/** What the other KMS answers when the bytes were not encrypted by this key, or not for this place. */
const notOurs: readonly string[] = ['InvalidCiphertextException', 'IncorrectKeyException', 'ValidationException'];

/** Another KMS, asked through the AWS API. */
export class RemoteKmsProvider implements RootKeyProvider {
  readonly kind = 'aws-kms';
  readonly #options: RemoteKmsOptions;
  #connected: Promise<{ readonly sdk: Sdk; readonly client: Client }> | undefined;

  constructor(options: RemoteKmsOptions) {
    this.#options = options;
  }

  /** @throws RemoteKmsError */
  async create(): Promise<OpenProvider> {
    return this.#provider(await this.#keyArn());
  }

  /** @throws RemoteKmsError */
  async open({ id, kind }: ProviderDescription): Promise<OpenProvider | undefined> {
    if (kind !== this.kind) return undefined;
    const opened = this.#provider(await this.#keyArn());
    return opened.description.id === id ? opened : undefined;
  }

  /** Asked with the configured name each time: an ARN from the database is never called. */
  async #keyArn(): Promise<string> {
    const { sdk, client } = await this.#connect();
    const { KeyMetadata: key } = await this.#ask('DescribeKey', () =>
      client.send(new sdk.DescribeKeyCommand({ KeyId: this.#options.keyId })),
    );
    if (key?.Arn === undefined || key.KeySpec !== 'SYMMETRIC_DEFAULT') {
      throw new RemoteKmsError(`the KMS key ${this.#options.keyId} is no symmetric encryption key`);
    }
    return key.Arn;
  }

  #provider(keyArn: string): OpenProvider {
    const id = `${this.kind}-${createHash('sha256').update(keyArn).digest('hex').slice(0, 16)}`;
    return {
      description: { id, kind: this.kind, parameters: { keyArn } },
      wrap: (rootKey, boundTo) => this.#encrypt(keyArn, rootKey, boundTo),
      unwrap: (wrapped, boundTo) => this.#decrypt(keyArn, wrapped, boundTo),
    };
  }

  async #encrypt(keyArn: string, rootKey: SecretBytes, boundTo: Uint8Array): Promise<Uint8Array> {
    const { sdk, client } = await this.#connect();
    const { CiphertextBlob: blob } = await this.#ask('Encrypt', () =>
      rootKey.expose((Plaintext) =>
        client.send(new sdk.EncryptCommand({ KeyId: keyArn, Plaintext, EncryptionContext: contextOf(boundTo) })),
      ),
    );
    if (blob === undefined) throw new RemoteKmsError('the other KMS answered Encrypt with nothing');
    return Uint8Array.from(blob);
  }

  async #decrypt(keyArn: string, wrapped: Uint8Array, boundTo: Uint8Array): Promise<SecretBytes | undefined> {
    const { sdk, client } = await this.#connect();
    const answer = await this.#ask('Decrypt', () =>
      client
        .send(new sdk.DecryptCommand({ KeyId: keyArn, CiphertextBlob: wrapped, EncryptionContext: contextOf(boundTo) }))
        .catch((error: unknown) => {
          if (notOurs.includes(nameOf(error))) return undefined;
          throw error;
        }),
    );
    if (answer?.Plaintext === undefined) return undefined;
    const secret = SecretBytes.copyOf(answer.Plaintext);
    answer.Plaintext.fill(0);
    return secret;
  }

  /** The SDK is loaded when it is needed: most nodes never do. */
  #connect(): Promise<{ readonly sdk: Sdk; readonly client: Client }> {
    this.#connected ??= import('@aws-sdk/client-kms').then((sdk) => {
      const { region, endpoint, timeoutMs = 5_000 } = this.#options;
      const client = new sdk.KMSClient({
        region,
        ...(endpoint !== undefined && { endpoint }),
        maxAttempts: attempts,
        requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
      });
      return { sdk, client };
    });
    return this.#connected;
  }

  async #ask<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      const { keyId, endpoint, region } = this.#options;
      const where = endpoint ?? `AWS KMS in ${region}`;
      throw new RemoteKmsError(`${where} did not answer ${operation} with key ${keyId}: ${nameOf(cause)}`, { cause });
    }
  }
}

/** Bound to its place by a digest: the encryption context is shown in the other KMS's log. */
function contextOf(boundTo: Uint8Array): Record<string, string> {
  return {
    'keywarden:purpose': 'root-key',
    'keywarden:place': createHash('sha256').update(boundTo).digest('hex'),
  };
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error) && (typeof error !== 'object' || error === null)) return 'unknown error';
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  if (typeof name === 'string' && name !== 'Error') return name;
  return typeof code === 'string' ? code : 'unknown error';
}
