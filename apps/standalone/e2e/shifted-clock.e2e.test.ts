import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListKeyRotationsCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { type Keywarden, WebhookReceiver, answered, startKeywarden } from '@keywarden/harness';
import { imports, someMaterial } from './testing/import-material';
import { KeyStoreWorld, becomes, password } from './testing/key-store-world';
import { canShiftClock, shiftedBy, startShiftedPostgres } from './testing/shifted-clock';

const shiftInDays = 100;
const dayMs = 86_400_000;
if (!canShiftClock) {
  console.warn(
    'libfaketime is not installed (Debian: apt-get install libfaketime): the shifted system clock is not tested',
  );
}

const clientOf = ({ endpoint, region, credentials }: Keywarden, ahead: number): KMSClient =>
  new KMSClient({ endpoint, region, credentials, systemClockOffset: ahead * dayMs });

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within 60 s: ${what}`);
    await delay(100);
  }
}

(canShiftClock ? it : it.skip)(
  'the processes themselves, on a system whose clock is 100 days ahead, delete, expire and rotate what they must',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keywarden-shifted-'));
    const dataDir = join(folder, 'data');
    const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
    try {
      const world = new KeyStoreWorld();
      const keyStores = await world.open();
      ends.push(() => world.close());
      const today = await startKeywarden({ dataDir, environment: keyStores });
      const receiver = new WebhookReceiver();
      receiver.status = 500;
      const hook = await receiver.listen();
      ends.push(async () => receiver.close());
      await answered(['events', 'destinations', 'add', 'watch', hook], { KEYWARDEN_DATA_DIR: dataDir });
      const kms = clientOf(today, 0);
      const aKey = async (input: CreateKeyCommandInput = {}) => {
        const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
        return { KeyId: KeyMetadata?.KeyId ?? '', Arn: KeyMetadata?.Arn ?? '' };
      };
      const [leaving, rotating, resting] = [await aKey(), await aKey(), await aKey()];
      const expiring = await aKey({ Origin: 'EXTERNAL' });
      const { CustomKeyStoreId = '' } = await kms.send(new CreateCustomKeyStoreCommand(world.clusterStore()));
      await kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
      await becomes(kms, CustomKeyStoreId, 'CONNECTED');
      const inToken = { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId } as const;
      const [leavingToken, stayingInToken] = [await aKey(inToken), await aKey(inToken)];
      const inTheToken = ({ KeyId }: { KeyId: string }) => world.hsm.count(password, KeyId);
      for (const { KeyId } of [leaving, leavingToken]) {
        await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 30 }));
      }
      for (const { KeyId } of [rotating, resting]) {
        await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
      }
      await kms.send(new DisableKeyCommand({ KeyId: resting.KeyId }));
      const ValidTo = new Date(Date.now() + 20 * dayMs);
      await imports(kms, expiring.KeyId, someMaterial(), { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo });
      const Plaintext = Buffer.from('written a hundred days ago');
      const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: rotating.KeyId, Plaintext }));
      kms.destroy();
      await until('the receiver refused', async () => receiver.tries > 0);
      expect(await today.stop()).toBe(0);
      expect([await inTheToken(leavingToken), await inTheToken(stayingInToken)]).toEqual([1, 1]);

      const postgres = await startShiftedPostgres(dataDir, shiftInDays);
      ends.push(() => postgres.stop());
      const environment = {
        DATABASE_URL: postgres.url,
        KEYWARDEN_ROOT_KEY_FILE: join(dataDir, 'root-key'),
        ...keyStores,
      };
      const shifted = { ...environment, ...shiftedBy(shiftInDays) };
      const api = await startKeywarden({ app: 'api', dataDir: join(folder, 'api'), environment: shifted });
      ends.push(() => api.stop());
      const schedulers = [];
      for (const name of ['one', 'two']) {
        const one = await startKeywarden({ app: 'scheduler', dataDir: join(folder, name), environment: shifted });
        ends.push(() => one.stop());
        schedulers.push(one);
      }

      const givenUp = async () =>
        (await answered<{ givenUp: { id: string }[] }>(['events', 'list', '--given-up', 'watch'], shifted)).givenUp;
      await until('what was refused for a hundred days is given up', async () => (await givenUp()).length > 0);
      const kept = await givenUp();
      expect(receiver.taken).toEqual([]);
      receiver.status = 200;
      const { queued } = await answered<{ queued: number }>(['events', 'retry', 'watch'], shifted);
      expect(queued).toBeGreaterThanOrEqual(kept.length);

      const later = clientOf(api, shiftInDays);
      ends.push(async () => later.destroy());
      const stateOf = async ({ KeyId }: { KeyId: string }) =>
        later.send(new DescribeKeyCommand({ KeyId })).then(
          ({ KeyMetadata }) => KeyMetadata?.KeyState,
          (fault: Error) => fault.name,
        );
      const rotations = async ({ KeyId }: { KeyId: string }) =>
        (await later.send(new ListKeyRotationsCommand({ KeyId }))).Rotations?.length;
      const told = async ({ Arn }: { Arn: string }) => {
        const { events } = await answered<{ events: { type: string; time: string }[] }>(
          ['events', 'list', '--key', Arn],
          environment,
        );
        return events.map(({ type }) => type.replace('keywarden.kms.', ''));
      };
      await until('the key is rotated', async () => (await rotations(rotating)) === 1);
      await until('the other is deleted', async () => (await told(leaving)).includes('KeyDeleted'));
      await until('the material is expired', async () => (await told(expiring)).includes('KeyMaterialExpired'));
      await until('the key in the token is destroyed', async () => (await inTheToken(leavingToken)) === 0);
      expect(await inTheToken(stayingInToken)).toBe(1);
      expect(await stateOf(leavingToken)).toBe('NotFoundException');
      expect(await stateOf(leaving)).toBe('NotFoundException');
      expect(await stateOf(expiring)).toBe('PendingImport');
      expect(await rotations(resting)).toBe(0);
      const opened = await later.send(new DecryptCommand({ CiphertextBlob }));
      expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
      const { NextRotationDate } = await later.send(new GetKeyRotationStatusCommand({ KeyId: rotating.KeyId }));
      const aheadDays = ((NextRotationDate?.getTime() ?? 0) - Date.now()) / dayMs;
      expect(aheadDays).toBeGreaterThan(shiftInDays + 89);
      expect(aheadDays).toBeLessThan(shiftInDays + 91);

      await later.send(new EnableKeyCommand({ KeyId: resting.KeyId }));
      await until('the missed rotation is made up for', async () => (await rotations(resting)) === 1);
      // Nothing happens twice, with two schedulers coming by five times a second.
      await delay(1_500);
      const once = (types: readonly string[], type: string) => types.filter((one) => one === type).length;
      expect(once(await told(leaving), 'KeyDeleted')).toBe(1);
      expect(once(await told(expiring), 'KeyMaterialExpired')).toBe(1);
      expect(once(await told(rotating), 'KeyRotated')).toBe(1);

      const arrived = (id: string) => receiver.taken.some((one) => one.id === id);
      await until('all of it arrives', async () => kept.every(({ id }) => arrived(id)));
      expect(await givenUp()).toEqual([]);
      expect(schedulers.map((one) => one.output()).join('')).not.toContain('"level":"error"');
    } finally {
      for (const end of ends.reverse()) await end();
    }
  },
  300_000,
);
