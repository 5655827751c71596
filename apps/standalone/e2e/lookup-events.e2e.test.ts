import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { CloudTrailClient, LookupEventsCommand, type LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { type Keywarden, answered, harnessAccount, startKeywarden } from '@keywarden/harness';

let service: Keywarden;
let kms: KMSClient;
let iam: IAMClient;
let cloudTrail: CloudTrailClient;
let keyArn: string;
let folder: string;
const clients: { destroy(): void }[] = [];

function clientOf<C extends { destroy(): void }>(
  make: new (options: object) => C,
  credentials: object = service.credentials,
): C {
  const { endpoint, region } = service;
  const client = new make({ endpoint, region, credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

const lookup = async (input: LookupEventsCommandInput = {}) =>
  (await cloudTrail.send(new LookupEventsCommand(input))).Events ?? [];
const by = (AttributeKey: string, AttributeValue: string) =>
  lookup({ LookupAttributes: [{ AttributeKey, AttributeValue }] } as LookupEventsCommandInput);
const namesOf = (events: Awaited<ReturnType<typeof lookup>>) => events.map(({ EventName }) => EventName);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-audit-'));
  const environment = { KEYWARDEN_AUDIT_SINKS: pathToFileURL(join(folder, 'audit.jsonl')).href };
  service = await startKeywarden({ environment });
  kms = clientOf(KMSClient);
  iam = clientOf(IAMClient);
  cloudTrail = clientOf(CloudTrailClient);
  keyArn = (await kms.send(new CreateKeyCommand({ Description: 'looked up' }))).KeyMetadata?.Arn ?? '';
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/looked-up', TargetKeyId: keyArn }));
  const EncryptionContext = { tenant: '7' };
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: 'alias/looked-up', Plaintext: Buffer.from('never on record'), EncryptionContext }),
  );
  await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
}, 120_000);

afterAll(async () => {
  for (const client of clients) client.destroy();
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('aws cloudtrail lookup-events', () => {
  it('finds what was done with a key, by its ARN and by its id, newest first', async () => {
    const events = await by('ResourceName', keyArn);
    expect(namesOf(events)).toEqual(['Decrypt', 'Encrypt', 'CreateAlias', 'CreateKey']);
    expect(namesOf(await by('ResourceName', keyArn.split('/')[1] ?? ''))).toEqual(namesOf(events));
    expect(events[0]).toMatchObject({
      ReadOnly: 'true',
      Username: 'root',
      AccessKeyId: service.credentials.accessKeyId,
      EventSource: 'kms.amazonaws.com',
      EventTime: expect.any(Date) as Date,
      Resources: [{ ResourceType: 'AWS::KMS::Key', ResourceName: keyArn }],
    });
    const record = JSON.parse(events[0]?.CloudTrailEvent ?? '') as Record<string, unknown>;
    expect(record).toMatchObject({
      eventID: events[0]?.EventId,
      requestParameters: { encryptionContext: { tenant: '7' } },
    });
    expect(JSON.stringify(events)).not.toContain(Buffer.from('never on record').toString('base64'));
  });

  it('finds events by name, by what they change, and by time', async () => {
    expect(namesOf(await by('EventName', 'CreateAlias'))).toEqual(['CreateAlias']);
    expect(namesOf(await by('ReadOnly', 'false'))).toEqual(expect.arrayContaining(['CreateAlias', 'CreateKey']));
    const [first] = await by('EventName', 'CreateKey');
    expect(namesOf(await by('EventId', first?.EventId ?? ''))).toEqual(['CreateKey']);
    expect(await lookup({ StartTime: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await by('Username', 'nobody')).toEqual([]);
  });

  it('pages, and is on record itself', async () => {
    const seen: (string | undefined)[] = [];
    let NextToken: string | undefined;
    const EndTime = new Date();
    do {
      const page = await cloudTrail.send(new LookupEventsCommand({ MaxResults: 2, EndTime, NextToken }));
      seen.push(...(page.Events ?? []).map(({ EventId }) => EventId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(4);
    expect((await by('EventSource', 'cloudtrail.amazonaws.com')).length).toBeGreaterThan(0);
  });

  it.each<[string, LookupEventsCommandInput, string]>([
    ['too many results', { MaxResults: 51 }, 'InvalidMaxResultsException'],
    ['a time turned round', { StartTime: new Date(2), EndTime: new Date(1) }, 'InvalidTimeRangeException'],
    ['a made-up token', { NextToken: 'AAAA' }, 'InvalidNextTokenException'],
  ])('refuses %s by the name of the exception', async (_what, input, name) => {
    await expect(lookup(input)).rejects.toMatchObject({ name });
  });

  it('is for those whom a policy allows it, and shows who was refused what', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'auditor' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'auditor' }));
    const credentials = { accessKeyId: AccessKey?.AccessKeyId, secretAccessKey: AccessKey?.SecretAccessKey };
    const theirs = clientOf(CloudTrailClient, credentials);
    await expect(theirs.send(new LookupEventsCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'cloudtrail:LookupEvents', Resource: '*' }],
    });
    await iam.send(new PutUserPolicyCommand({ UserName: 'auditor', PolicyName: 'read', PolicyDocument }));
    const { Events = [] } = await theirs.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'Username', AttributeValue: 'auditor' }] }),
    );
    const errors = Events.map(
      ({ CloudTrailEvent }) => (JSON.parse(CloudTrailEvent ?? '{}') as { errorCode?: string }).errorCode,
    );
    expect(errors).toContain('AccessDenied');
  });
});

describe('keywarden key impact', () => {
  it('says who depends on a key before it goes', async () => {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn }));
    const impact = await answered<{
      readonly state: string;
      readonly aliases: readonly string[];
      readonly principals: readonly {
        readonly principal: string;
        readonly operations: Record<string, number>;
        readonly aliases: readonly string[];
      }[];
    }>(['key', 'impact', keyArn], { KEYWARDEN_DATA_DIR: service.dataDir });
    expect(impact).toMatchObject({ state: 'PendingDeletion', aliases: ['alias/looked-up'] });
    expect(impact.principals).toHaveLength(1);
    expect(impact.principals[0]).toMatchObject({
      principal: expect.stringMatching(/:root$/) as string,
      operations: { CreateKey: 1, Encrypt: 1, Decrypt: 1, ScheduleKeyDeletion: 1 },
      aliases: ['alias/looked-up'],
    });
  });
});

describe('copies of records', () => {
  it('stand in the file the operator named, the same texts as in the trail', async () => {
    const [created] = await by('EventName', 'CreateKey');
    let lines: readonly string[] = [];
    for (let tries = 0; tries < 100 && !lines.includes(created?.CloudTrailEvent ?? ''); tries += 1) {
      lines = (await readFile(join(folder, 'audit.jsonl'), 'utf8')).split('\n');
      await delay(100);
    }
    expect(lines).toContain(created?.CloudTrailEvent);
  });

  it('are exported with a digest that fits', async () => {
    const file = join(folder, 'export.jsonl');
    const words = ['audit', 'export', file, '--account', harnessAccount.account, '--region', service.region];
    const digest = await answered<{
      readonly records: number;
      readonly logFiles: readonly { readonly hashValue: string }[];
    }>(words, { KEYWARDEN_DATA_DIR: service.dataDir });
    const text = await readFile(file, 'utf8');
    expect(text.trimEnd().split('\n')).toHaveLength(digest.records);
    expect(text).toContain('"eventName":"CreateAlias"');
    expect(digest.logFiles[0]?.hashValue).toBe(createHash('sha256').update(text).digest('hex'));
    expect(JSON.parse(await readFile(`${file}.digest.json`, 'utf8'))).toEqual(digest);
  });
});
