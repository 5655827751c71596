import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  type KMSClient,
  ReplicateKeyCommand,
  ScheduleKeyDeletionCommand,
  UpdatePrimaryRegionCommand,
} from '@aws-sdk/client-kms';
import { type AKey, aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { refusal, refused } from './testing/refused';

const service = aService({ environment: { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' } });
let home: KMSClient;
let abroad: KMSClient;
beforeAll(() => {
  home = service.client('us-east-1');
  abroad = service.client('eu-west-1');
});

async function replicated(): Promise<AKey & { readonly replicaArn: string }> {
  const key = await aKey(home, { MultiRegion: true });
  const { ReplicaKeyMetadata } = await home.send(
    new ReplicateKeyCommand({ KeyId: key.id, ReplicaRegion: 'eu-west-1', Description: 'replica' }),
  );
  expect(ReplicaKeyMetadata).toMatchObject({ KeyId: key.id, MultiRegion: true, Description: 'replica' });
  await until('the replica is ready', async () => (await stateOf(abroad, key.id)) === 'Enabled');
  return { ...key, replicaArn: service.arn(key.id, 'eu-west-1') };
}

async function stateOf(client: KMSClient, KeyId: string): Promise<string | undefined> {
  return (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (Date.now() < end) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what}: not within 15 seconds`);
}

it('a replica opens what its primary encrypted, and the other way round', async () => {
  const { id, arn, replicaArn } = await replicated();
  const there = await home.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('home') }));
  const opened = await abroad.send(new DecryptCommand({ CiphertextBlob: there.CiphertextBlob }));
  expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('home');
  expect(opened.KeyId).toBe(replicaArn);
  const back = await abroad.send(new EncryptCommand({ KeyId: replicaArn, Plaintext: Buffer.from('abroad') }));
  const openedHome = await home.send(new DecryptCommand({ CiphertextBlob: back.CiphertextBlob, KeyId: arn }));
  expect(Buffer.from(openedHome.Plaintext ?? []).toString()).toBe('abroad');
});

it('every copy tells primary and replicas', async () => {
  const { id, arn, replicaArn } = await replicated();
  for (const [client, type] of [
    [home, 'PRIMARY'],
    [abroad, 'REPLICA'],
  ] as const) {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: id }));
    expect(KeyMetadata?.MultiRegionConfiguration).toEqual({
      MultiRegionKeyType: type,
      PrimaryKey: { Arn: arn, Region: 'us-east-1' },
      ReplicaKeys: [{ Arn: replicaArn, Region: 'eu-west-1' }],
    });
  }
});

it('the primary role moves to the replica', async () => {
  const { id, replicaArn } = await replicated();
  await home.send(new UpdatePrimaryRegionCommand({ KeyId: id, PrimaryRegion: 'eu-west-1' }));
  await until('both copies are enabled', async () => {
    return (await stateOf(home, id)) === 'Enabled' && (await stateOf(abroad, id)) === 'Enabled';
  });
  const { KeyMetadata } = await home.send(new DescribeKeyCommand({ KeyId: id }));
  expect(KeyMetadata?.MultiRegionConfiguration).toMatchObject({
    MultiRegionKeyType: 'REPLICA',
    PrimaryKey: { Arn: replicaArn, Region: 'eu-west-1' },
  });
});

it('a primary waits for its replicas before its own window begins', async () => {
  const { id, arn } = await replicated();
  const { KeyState, DeletionDate } = await home.send(new ScheduleKeyDeletionCommand({ KeyId: id }));
  expect({ KeyState, DeletionDate }).toEqual({ KeyState: 'PendingReplicaDeletion', DeletionDate: undefined });
  expect(await refused(home.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x') })))).toEqual(
    refusal('KMSInvalidStateException', `${arn} is pending replica deletion.`),
  );
});

it('a replica is made once in a Region, from a primary, in a Region that is served', async () => {
  const { id, replicaArn } = await replicated();
  const again = home.send(new ReplicateKeyCommand({ KeyId: id, ReplicaRegion: 'eu-west-1' }));
  expect((await refused(again)).code).toBe('AlreadyExistsException');
  expect(await refused(abroad.send(new ReplicateKeyCommand({ KeyId: id, ReplicaRegion: 'us-east-1' })))).toEqual(
    refusal('UnsupportedOperationException', `${replicaArn} is not a multi-region primary key.`),
  );
  const single = await aKey(home);
  expect(await refused(home.send(new ReplicateKeyCommand({ KeyId: single.id, ReplicaRegion: 'eu-west-1' })))).toEqual(
    refusal('UnsupportedOperationException', `${single.arn} is not a multi-region key.`),
  );
  const { KeyMetadata } = await home.send(new CreateKeyCommand({ MultiRegion: true }));
  const elsewhere = home.send(new ReplicateKeyCommand({ KeyId: KeyMetadata?.KeyId, ReplicaRegion: 'ap-south-1' }));
  expect((await refused(elsewhere)).code).toBe('ValidationException');
});
