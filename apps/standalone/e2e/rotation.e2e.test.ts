import {
  DecryptCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ListKeyRotationsCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  paginateListKeyRotations,
} from '@aws-sdk/client-kms';
import { aKey, anAlias } from './testing/a-key';
import { aService } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const day = 86_400_000;
const status = async (KeyId: string) => members(await client.send(new GetKeyRotationStatusCommand({ KeyId })));

// ListKeyRotations answers the bare key id, the other rotation operations the key ARN.
describe('automatic rotation', () => {
  it('is off at first, and on with the period asked for, 365 days when nothing is said', async () => {
    const { id: KeyId, arn } = await aKey(client);
    expect(await status(KeyId)).toEqual({ KeyId: arn, KeyRotationEnabled: false });
    for (const [asked, days] of [
      [undefined, 365],
      [90, 90],
      [2_560, 2_560],
    ] as const) {
      const enabling = new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: asked });
      expect(members(await client.send(enabling))).toEqual({});
      const now = await status(arn);
      expect(now).toEqual({
        KeyId: arn,
        KeyRotationEnabled: true,
        RotationPeriodInDays: days,
        NextRotationDate: expect.any(Date),
      });
      expect(Math.abs((now.NextRotationDate?.getTime() ?? 0) - Date.now() - days * day)).toBeLessThan(60_000);
    }
    expect(members(await client.send(new DisableKeyRotationCommand({ KeyId })))).toEqual({});
    expect(await status(KeyId)).toEqual({ KeyId: arn, KeyRotationEnabled: false });
  });

  it.each([
    [89, 'greater than or equal to 90'],
    [2_561, 'less than or equal to 2560'],
  ])('refuses a period of %i days', async (RotationPeriodInDays, bound) => {
    const { id: KeyId } = await aKey(client);
    expect(await refused(client.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays })))).toEqual(
      refusal(
        'ValidationException',
        `1 validation error detected: Value '${RotationPeriodInDays}' at 'rotationPeriodInDays' failed to satisfy ` +
          `constraint: Member must have value ${bound}`,
      ),
    );
  });

  it('is refused for asymmetric and HMAC keys, without a message', async () => {
    for (const input of [
      { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
      { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    ] as const) {
      const { id: KeyId, arn } = await aKey(client, input);
      await client.send(new DisableKeyRotationCommand({ KeyId }));
      const status = await client.send(new GetKeyRotationStatusCommand({ KeyId }));
      expect(members(status)).toEqual({ KeyId: arn, KeyRotationEnabled: false });
      for (const operation of ['EnableKeyRotation', 'RotateKeyOnDemand']) {
        const { status: code, text } = await service.wire(operation, { KeyId });
        expect({ operation, code, text }).toEqual({
          operation,
          code: 400,
          text: '{"__type":"UnsupportedOperationException"}',
        });
      }
    }
  });

  it('is refused for imported keys, disabled keys and keys that wait for deletion', async () => {
    const external = await aKey(client, { Origin: 'EXTERNAL' });
    expect(await refused(client.send(new EnableKeyRotationCommand({ KeyId: external.id })))).toEqual(
      refusal(
        'UnsupportedOperationException',
        `${external.arn} origin is EXTERNAL which is not valid for this operation.`,
      ),
    );
    const { id: KeyId, arn } = await aKey(client);
    await client.send(new EnableKeyRotationCommand({ KeyId }));
    await client.send(new DisableKeyCommand({ KeyId }));
    expect(await refused(client.send(new EnableKeyRotationCommand({ KeyId })))).toEqual(
      refusal('DisabledException', `${arn} is disabled.`),
    );
    await client.send(new ScheduleKeyDeletionCommand({ KeyId }));
    expect(await refused(client.send(new EnableKeyRotationCommand({ KeyId })))).toEqual(
      refusal('KMSInvalidStateException', `${arn} is pending deletion.`),
    );
    expect((await status(KeyId)).KeyRotationEnabled).toBe(false);
  });
});

describe('rotation on demand', () => {
  it('changes the key material for what is encrypted next, and opens all that came before', async () => {
    const { id: KeyId, arn } = await aKey(client);
    const blobs: (Uint8Array | undefined)[] = [];
    const materials = new Set<string | undefined>();
    for (let i = 0; i < 3; i += 1) {
      const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from(`${i}`) }));
      blobs.push(CiphertextBlob);
      if (i < 2) expect(members(await client.send(new RotateKeyOnDemandCommand({ KeyId })))).toEqual({ KeyId: arn });
    }
    for (const [i, CiphertextBlob] of blobs.entries()) {
      const opened = await client.send(new DecryptCommand({ CiphertextBlob }));
      expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe(`${i}`);
      materials.add(opened.KeyMaterialId);
    }
    expect(materials.size).toBe(3);

    const { Rotations } = await client.send(new ListKeyRotationsCommand({ KeyId }));
    expect(Rotations).toHaveLength(2);
    for (const rotation of Rotations ?? []) {
      expect(rotation).toMatchObject({ KeyId, RotationType: 'ON_DEMAND', RotationDate: expect.any(Date) });
    }
    const all = [];
    const paging = paginateListKeyRotations({ client, pageSize: 1 }, { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' });
    for await (const page of paging) {
      expect(page.Rotations).toHaveLength(1);
      all.push(...(page.Rotations ?? []));
    }
    expect(all.map(({ KeyMaterialState }) => KeyMaterialState).sort()).toEqual([
      'CURRENT',
      'NON_CURRENT',
      'NON_CURRENT',
    ]);
    expect(new Set(all.map(({ KeyMaterialId }) => KeyMaterialId))).toEqual(materials);
  });

  it('works twenty-five times in the life of a key', async () => {
    const { id: KeyId, arn } = await aKey(client);
    for (let i = 0; i < 25; i += 1) await client.send(new RotateKeyOnDemandCommand({ KeyId }));
    expect(await refused(client.send(new RotateKeyOnDemandCommand({ KeyId })))).toEqual(
      refusal(
        'LimitExceededException',
        'The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be ' +
          `performed for this key: ${arn}`,
      ),
    );
  });

  it('takes no alias', async () => {
    const alias = await anAlias(client, await aKey(client));
    expect(await refused(client.send(new RotateKeyOnDemandCommand({ KeyId: alias })))).toEqual(
      refusal('InvalidArnException', 'Key Aliases are not supported for this operation.'),
    );
  });
});
