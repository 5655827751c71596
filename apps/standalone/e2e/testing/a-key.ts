import { randomUUID } from 'node:crypto';
import { CreateAliasCommand, CreateKeyCommand, type CreateKeyCommandInput, type KMSClient } from '@aws-sdk/client-kms';

/** A key as its four names. */
export interface AKey {
  readonly id: string;
  readonly arn: string;
}

/** Makes a key and tells its names. */
export async function aKey(client: KMSClient, input: CreateKeyCommandInput = {}): Promise<AKey> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand(input));
  const { KeyId: id, Arn: arn } = KeyMetadata ?? {};
  if (id === undefined || arn === undefined) throw new Error('CreateKey told no id');
  return { id, arn };
}

/** Gives a key an alias that no other key has. @returns its name */
export async function anAlias(client: KMSClient, { id }: AKey): Promise<string> {
  const name = `alias/test/${randomUUID()}`;
  await client.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: id }));
  return name;
}
