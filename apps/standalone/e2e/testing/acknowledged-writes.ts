import { randomBytes } from 'node:crypto';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  type KMSClient,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';

type State = 'Enabled' | 'Disabled' | 'PendingDeletion';

interface Written {
  readonly keyId: string;
  /** What was acknowledged last, and what was asked for but not answered: either may hold then. */
  state: State;
  asked: State | undefined;
  tag: string | undefined;
}

interface Sealed {
  readonly blob: Uint8Array;
  readonly plaintext: Uint8Array;
}

/** Writes without a pause and remembers what the service acknowledged; calls that fail count as not acknowledged. */
export class AcknowledgedWrites {
  readonly keys: Written[] = [];
  readonly aliases = new Map<string, string>();
  readonly sealed: Sealed[] = [];
  failures = 0;
  #stopped = false;

  constructor(private readonly client: KMSClient) {}

  /** One writer; run several side by side. */
  async run(name: string): Promise<void> {
    for (let turn = 0; !this.#stopped; turn += 1) {
      try {
        await this.#turn(`${name}-${turn}`);
      } catch {
        this.failures += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #turn(name: string): Promise<void> {
    const { KeyMetadata } = await this.client.send(new CreateKeyCommand({ Description: name }));
    const keyId = KeyMetadata?.KeyId ?? '';
    const key: Written = { keyId, state: 'Enabled', asked: undefined, tag: undefined };
    this.keys.push(key);
    await this.client.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId: keyId }));
    this.aliases.set(`alias/${name}`, keyId);
    await this.#seal(keyId);
    await this.client.send(new TagResourceCommand({ KeyId: keyId, Tags: [{ TagKey: 'turn', TagValue: name }] }));
    key.tag = name;
    // Only keys without ciphertexts change state, so that every ciphertext must decrypt at the end.
    const { KeyMetadata: other } = await this.client.send(new CreateKeyCommand({}));
    const changing: Written = { keyId: other?.KeyId ?? '', state: 'Enabled', asked: undefined, tag: undefined };
    this.keys.push(changing);
    await this.#change(changing, 'Disabled', new DisableKeyCommand({ KeyId: changing.keyId }));
    await this.#change(changing, 'PendingDeletion', new ScheduleKeyDeletionCommand({ KeyId: changing.keyId }));
  }

  async #change(key: Written, state: State, command: DisableKeyCommand | ScheduleKeyDeletionCommand): Promise<void> {
    key.asked = state;
    if (command instanceof DisableKeyCommand) await this.client.send(command);
    else await this.client.send(command);
    key.state = state;
    key.asked = undefined;
  }

  async #seal(KeyId: string): Promise<void> {
    const plaintext = randomBytes(32);
    const { CiphertextBlob } = await this.client.send(new EncryptCommand({ KeyId, Plaintext: plaintext }));
    if (CiphertextBlob !== undefined) this.sealed.push({ blob: CiphertextBlob, plaintext });
    const dataKey = await this.client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    if (dataKey.CiphertextBlob === undefined || dataKey.Plaintext === undefined) throw new Error('no data key came');
    this.sealed.push({ blob: dataKey.CiphertextBlob, plaintext: dataKey.Plaintext });
  }
}

/** @returns one sentence for each acknowledged write that does not hold */
export async function lostWrites(client: KMSClient, writes: AcknowledgedWrites): Promise<string[]> {
  const lost: string[] = [];
  const check = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    const outcome = await holds().catch((error: unknown) => String(error));
    if (outcome !== true) lost.push(`${what}: ${outcome}`);
  };
  await eachOf(writes.keys, async ({ keyId, state, asked, tag }) => {
    await check(`key ${keyId} is ${asked ?? state}`, async () => {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: keyId }));
      return KeyMetadata?.KeyState === state || (asked !== undefined && KeyMetadata?.KeyState === asked);
    });
    if (tag === undefined) return;
    await check(`tag ${tag} of key ${keyId}`, async () => {
      const { Tags = [] } = await client.send(new ListResourceTagsCommand({ KeyId: keyId }));
      return Tags.some(({ TagValue }) => TagValue === tag);
    });
  });
  await eachOf([...writes.aliases], ([alias, keyId]) =>
    check(alias, async () => {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: alias }));
      return KeyMetadata?.KeyId === keyId;
    }),
  );
  await eachOf(writes.sealed, ({ blob, plaintext }) =>
    check('a ciphertext', async () => {
      const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: blob }));
      return Plaintext !== undefined && Buffer.from(plaintext).equals(Plaintext);
    }),
  );
  return lost;
}

/** Eight at a time. */
async function eachOf<T>(items: readonly T[], visit: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await visit(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
