import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import {
  type Keywarden,
  type ReceivedEvent,
  WebhookReceiver,
  answered,
  keywarden,
  startKeywarden,
} from '@keywarden/harness';

let folder: string;
let service: Keywarden;
let environment: Record<string, string>;
let kms: KMSClient;
const receivers: WebhookReceiver[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-events-'));
  environment = { KEYWARDEN_DATA_DIR: join(folder, 'data'), KEYWARDEN_SCHEDULER_INTERVAL_MS: '200' };
  service = await startKeywarden({ dataDir: join(folder, 'data'), environment });
  const { endpoint, region, credentials } = service;
  kms = new KMSClient({ endpoint, region, credentials });
});

afterAll(async () => {
  kms.destroy();
  for (const receiver of receivers) receiver.close();
  expect(await service.stop()).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

async function aReceiver(): Promise<{ receiver: WebhookReceiver; url: string }> {
  const receiver = new WebhookReceiver();
  receivers.push(receiver);
  return { receiver, url: await receiver.listen() };
}

async function aDestination(name: string): Promise<{ receiver: WebhookReceiver; secret: string }> {
  const { receiver, url } = await aReceiver();
  const { secret } = await answered<{ secret: string }>(['events', 'destinations', 'add', name, url], environment);
  return { receiver, secret };
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 90_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within 90 s: ${what}`);
    await delay(50);
  }
}

const signed = (secret: string, { headers, body }: ReceivedEvent): string => {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const text = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
};

async function aKey(): Promise<string> {
  return (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
}

const typesOf = ({ taken }: WebhookReceiver, keyId: string): string[] =>
  taken.filter((one) => one.keyId === keyId).map(({ type }) => type.replace('keywarden.kms.', ''));

/** The ids in the order in which each came first. */
const firsts = (taken: readonly ReceivedEvent[]): ReceivedEvent[] =>
  taken.filter(({ id }, index) => taken.findIndex((one) => one.id === id) === index);

describe('a webhook', () => {
  it('is told of the life of a key, in order and signed, with the detail-types of EventBridge', async () => {
    const { receiver, secret } = await aDestination('watch');
    const KeyId = await aKey();
    await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    await kms.send(new DisableKeyCommand({ KeyId }));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await until('all events', () => typesOf(receiver, KeyId).length >= 4);
    expect(typesOf(receiver, KeyId)).toEqual(['KeyCreated', 'KeyRotated', 'KeyDisabled', 'KeyDeletionScheduled']);
    for (const one of receiver.taken) {
      expect(one.headers['webhook-signature']).toBe(signed(secret, one));
      expect(one.headers['webhook-id']).toBe(one.id);
      expect(one.headers['content-type']).toContain('application/cloudevents+json');
    }
    const rotated = receiver.taken.find(({ type }) => type.endsWith('KeyRotated'));
    expect(rotated?.data).toMatchObject({ 'detail-type': 'KMS CMK Rotation', source: 'aws.kms' });
  });

  it('changes its secret without a gap', async () => {
    const { receiver, secret: old } = await aDestination('changing');
    const { secret: fresh } = await answered<{ secret: string }>(
      ['events', 'destinations', 'change-secret', 'changing'],
      environment,
    );
    const third = await keywarden(['events', 'destinations', 'change-secret', 'changing'], environment);
    expect(third.err).toContain('has two secrets already');
    // The scheduler learns of the change at its next look.
    await until('both sign', async () => {
      await aKey();
      await delay(300);
      return receiver.taken.some((one) => String(one.headers['webhook-signature']).includes(' '));
    });
    const both = receiver.taken.find((one) => String(one.headers['webhook-signature']).includes(' '))!;
    expect(both.headers['webhook-signature']).toBe(`${signed(fresh, both)} ${signed(old, both)}`);
    await answered(['events', 'destinations', 'drop-old-secret', 'changing'], environment);
    await until('the new one alone signs', async () => {
      await aKey();
      await delay(300);
      const last = receiver.taken.at(-1)!;
      return last.headers['webhook-signature'] === signed(fresh, last);
    });
  });

  it('that is slow, refuses, and is gone for a while gets everything in the end, each key in order', async () => {
    const { receiver: good } = await aDestination('good');
    const { receiver: bad } = await aDestination('bad');
    bad.status = 500;
    const keys = await Promise.all(Array.from({ length: 4 }, aKey));
    const change = async (round: number): Promise<void> => {
      for (const KeyId of keys) {
        await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: `round ${round}` }));
      }
    };
    await change(1);
    await until('the bad one refused', () => bad.tries > 0);
    const badPort = bad.port;
    bad.close();
    await change(2);
    await until('the good one was delayed by nobody', () => keys.every((key) => typesOf(good, key).length === 3));
    expect(bad.taken).toEqual([]);
    const reborn = new WebhookReceiver();
    receivers.push(reborn);
    reborn.pauseMs = 100;
    await reborn.listen(badPort);
    await Promise.all(keys.map((KeyId) => kms.send(new DisableKeyCommand({ KeyId }))));
    const complete = (receiver: WebhookReceiver): boolean =>
      keys.every((key) => firsts(receiver.taken.filter(({ keyId }) => keyId === key)).length === 4);
    await until('everything came', () => complete(reborn));
    for (const key of keys) {
      const told = firsts(reborn.taken.filter(({ keyId }) => keyId === key));
      const expected = ['KeyCreated', 'KeyDescriptionChanged', 'KeyDescriptionChanged', 'KeyDisabled'];
      expect(told.map(({ type }) => type.replace('keywarden.kms.', ''))).toEqual(expected);
      const sequences = told.map(({ sequence }) => sequence);
      expect([...sequences].sort()).toEqual(sequences);
      // What came twice came with the same id, so it is the same event.
      const texts = new Map(reborn.taken.map(({ id, body }) => [id, body]));
      expect(reborn.taken.every(({ id, body }) => texts.get(id) === body)).toBe(true);
    }
  });
});

describe('a long queue of one key', () => {
  it('is told in order, every event once', async () => {
    const { receiver } = await aDestination('patient');
    // It takes its time over the first event, while the others queue up.
    receiver.pauseMs = 3_000;
    const KeyId = await aKey();
    const changes = 200;
    await until('the receiver is told', () => receiver.tries > 0);
    for (let round = 0; round < changes; round += 1) {
      await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: `round ${round}` }));
    }
    receiver.pauseMs = 0;
    await until('everything came', () => firsts(receiver.taken).length === changes + 1);
    const sequences = receiver.taken.map(({ sequence }) => sequence);
    expect([...sequences].sort()).toEqual(sequences);
    expect(typesOf(receiver, KeyId)).toEqual([
      'KeyCreated',
      ...Array.from({ length: changes }, () => 'KeyDescriptionChanged'),
    ]);
  });
});

describe('the operator', () => {
  it('sees what happened to a key', async () => {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const { KeyId, Arn = '' } = KeyMetadata ?? {};
    await kms.send(new DisableKeyCommand({ KeyId }));
    await kms.send(new EnableKeyCommand({ KeyId }));
    const { events } = await answered<{ events: { type: string }[] }>(['events', 'list', '--key', Arn], environment);
    expect(events.map(({ type }) => type.replace('keywarden.kms.', ''))).toEqual([
      'KeyCreated',
      'KeyDisabled',
      'KeyEnabled',
    ]);
    const wrong = await keywarden(['events', 'list', '--key', `${Arn}x`], environment);
    expect(wrong.code).toBe(2);
  });

  it('is refused, with one line, what cannot be', async () => {
    const refusal = async (...words: string[]) => (await keywarden(['events', ...words], environment)).err;
    await aDestination('taken');
    expect(await refusal('destinations', 'add', 'taken', 'https://a.test/')).toContain('exists already');
    expect(await refusal('destinations', 'add', 'new', 'ftp://a.test/')).toContain('must begin with https://');
    expect(await refusal('destinations', 'add', 'new', 'https://u:p@a.test/')).toContain('no password');
    const file = join(folder, 'secret');
    await writeFile(file, 'whsec_c2hvcnQ=\n');
    const short = await refusal('destinations', 'add', 'new', 'https://a.test/', '--secret-file', file);
    expect(short).toContain('24 to 64 bytes');
    expect(await refusal('retry', 'nobody')).toContain('no destination nobody');
    expect(await refusal('destinations', 'remove', 'nobody')).toContain('no destination nobody');
  });

  it('lists destinations without their secrets, and removes them', async () => {
    const { secret } = await aDestination('leaving');
    const listed = await keywarden(['events', 'destinations', 'list', '--json'], environment);
    expect(listed.out).toContain('"leaving"');
    expect(listed.out).not.toContain(secret);
    expect(service.output()).not.toContain('whsec_');
    await answered(['events', 'destinations', 'remove', 'leaving'], environment);
    const { destinations } = await answered<{ destinations: { name: string }[] }>(
      ['events', 'destinations', 'list'],
      environment,
    );
    expect(destinations.map(({ name }) => name)).not.toContain('leaving');
  });
});
