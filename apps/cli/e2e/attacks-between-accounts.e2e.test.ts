import { randomUUID } from 'node:crypto';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  ListGrantsCommand,
  ListKeysCommand,
  ReEncryptCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  SignCommand,
} from '@aws-sdk/client-kms';
import { type Clients, ourAccount, partnerAccount, refusal, twoAccounts } from './testing/two-accounts';

const world = twoAccounts();
const region = 'us-east-1';
const arnOf = (resource: string, account: string = ourAccount) => `arn:aws:kms:${region}:${account}:${resource}`;
const unknownKey = () => arnOf(`key/${randomUUID()}`);

async function aKey({ kms }: Clients, input: object = {}): Promise<{ id: string; arn: string }> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  return { id: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
}

const aGrantOn = async ({ kms }: Clients, KeyId: string, grantee: string) =>
  kms.send(
    new CreateGrantCommand({ KeyId, GranteePrincipal: `arn:aws:iam::${grantee}:root`, Operations: ['Decrypt'] }),
  );
const grantsOn = async ({ kms }: Clients, KeyId: string) =>
  (await kms.send(new ListGrantsCommand({ KeyId }))).Grants?.map(({ GrantId }) => GrantId);

describe("another account's grant", () => {
  it('is neither shown, retired nor revoked by its id, with a key of one’s own neither', async () => {
    const { ours, partners } = world;
    const { id, arn } = await aKey(ours);
    const { GrantId } = await aGrantOn(ours, id, ourAccount);
    const own = await aKey(partners);
    for (const KeyId of [arn, own.arn, own.id, id]) {
      for (const call of [
        partners.kms.send(new RevokeGrantCommand({ KeyId, GrantId })),
        partners.kms.send(new RetireGrantCommand({ KeyId, GrantId })),
        partners.kms.send(new ListGrantsCommand({ KeyId, GrantId })).then(({ Grants = [] }) => {
          if (Grants.length > 0) throw new Error('the grant is shown');
          return Promise.reject(Object.assign(new Error('empty'), { name: 'Empty', $metadata: {} }));
        }),
      ]) {
        expect((await refusal(call)).code).toMatch(/^(AccessDenied|NotFound|ValidationException|InvalidArn|Empty)/);
      }
    }
    expect(await grantsOn(ours, id)).toEqual([GrantId]);
  });

  it('gives nothing to whoever has its token', async () => {
    const { ours, partners } = world;
    const { id, arn } = await aKey(ours);
    const { GrantToken, GrantId } = await aGrantOn(ours, id, ourAccount);
    const { CiphertextBlob } = await ours.kms.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x') }));
    const GrantTokens = [GrantToken ?? ''];
    for (const call of [
      partners.kms.send(new DecryptCommand({ CiphertextBlob, KeyId: arn, GrantTokens })),
      partners.kms.send(new DecryptCommand({ CiphertextBlob, GrantTokens })),
      partners.kms.send(new RetireGrantCommand({ GrantToken })),
    ]) {
      expect((await refusal(call)).code).toBe('AccessDeniedException');
    }
    expect(await grantsOn(ours, id)).toEqual([GrantId]);
  });
});

describe("another account's import token", () => {
  it('imports nothing, into no key', async () => {
    const { ours, partners } = world;
    const external = { Origin: 'EXTERNAL' };
    const [theirs, own] = [await aKey(ours, external), await aKey(partners, external)];
    const parameters = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const;
    const { ImportToken } = await ours.kms.send(new GetParametersForImportCommand({ KeyId: theirs.id, ...parameters }));
    const material = {
      ImportToken,
      EncryptedKeyMaterial: new Uint8Array(256),
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const,
    };
    const ontoOwn = partners.kms.send(new ImportKeyMaterialCommand({ KeyId: own.id, ...material }));
    expect((await refusal(ontoOwn)).code).toBe('InvalidImportTokenException');
    const ontoTheirs = partners.kms.send(new ImportKeyMaterialCommand({ KeyId: theirs.arn, ...material }));
    expect((await refusal(ontoTheirs)).code).toMatch(/^(AccessDenied|NotFound)Exception$/);
    for (const [owner, { id }] of [
      [ours, theirs],
      [partners, own],
    ] as const) {
      const { KeyMetadata } = await owner.kms.send(new DescribeKeyCommand({ KeyId: id }));
      expect(KeyMetadata?.KeyState).toBe('PendingImport');
    }
  });
});

describe("another account's pagination marker", () => {
  it('opens no window onto its keys', async () => {
    const { ours, partners } = world;
    await Promise.all([aKey(ours), aKey(ours), aKey(partners)]);
    const all = async ({ kms }: Clients) =>
      (await kms.send(new ListKeysCommand({}))).Keys?.map(({ KeyId }) => KeyId) ?? [];
    const { NextMarker } = await ours.kms.send(new ListKeysCommand({ Limit: 1 }));
    expect(NextMarker).toBeDefined();
    const answer = await partners.kms.send(new ListKeysCommand({ Marker: NextMarker })).catch((error: Error) => error);
    if (answer instanceof Error) return expect(answer.name).toBe('InvalidMarkerException');
    const shown = answer.Keys?.map(({ KeyId }) => KeyId) ?? [];
    const [theirs, own] = [await all(ours), await all(partners)];
    expect(shown.every((id) => own.includes(id) && !theirs.includes(id))).toBe(true);
  });
});

describe("another account's ciphertext", () => {
  it('says nothing of itself: neither whether its key is there nor whether it is whole', async () => {
    const { ours, partners } = world;
    const { id, arn } = await aKey(ours);
    const { CiphertextBlob = new Uint8Array() } = await ours.kms.send(
      new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('x') }),
    );
    const own = await aKey(partners);
    const flipped = Uint8Array.from(CiphertextBlob, (byte, index) =>
      index === CiphertextBlob.length - 1 ? byte ^ 1 : byte,
    );
    const answers = await Promise.all(
      [CiphertextBlob, flipped].flatMap((blob) => [
        refusal(partners.kms.send(new DecryptCommand({ CiphertextBlob: blob }))),
        refusal(partners.kms.send(new ReEncryptCommand({ CiphertextBlob: blob, DestinationKeyId: own.id }))),
      ]),
    );
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['AccessDeniedException']));
    expect(answers[0]).toEqual(answers[2]);
    expect(answers[1]).toEqual(answers[3]);
    const underOwn = partners.kms.send(new DecryptCommand({ CiphertextBlob, KeyId: own.id }));
    expect((await refusal(underOwn)).code).toBe('IncorrectKeyException');
    expect((await refusal(partners.kms.send(new DecryptCommand({ CiphertextBlob, KeyId: arn })))).code).toBe(
      'AccessDeniedException',
    );
  });
});

describe('an unknown key and a forbidden one', () => {
  /** The answer with what names the resource taken out, as whoever asks knows it already. */
  const answerTo = async (call: Promise<unknown>, name: string) => {
    const { code, message } = await refusal(call);
    return { code, message: message.replaceAll(name, '<name>') };
  };

  it('are refused to another account in the same words, by every operation', async () => {
    const { ours, partners } = world;
    const { kms } = partners;
    const { id, arn } = await aKey(ours);
    await ours.kms.send(new CreateAliasCommand({ AliasName: 'alias/payroll', TargetKeyId: id }));
    const operations: readonly ((KeyId: string) => Promise<unknown>)[] = [
      (KeyId) => kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })),
      (KeyId) => kms.send(new DescribeKeyCommand({ KeyId })),
      (KeyId) => kms.send(new SignCommand({ KeyId, Message: Buffer.from('x'), SigningAlgorithm: 'ECDSA_SHA_256' })),
      (KeyId) => kms.send(new ListGrantsCommand({ KeyId })),
    ];
    for (const operation of operations) {
      const unknown = unknownKey();
      expect(await answerTo(operation(arn), arn)).toEqual(await answerTo(operation(unknown), unknown));
    }
    for (const operation of operations.slice(0, 2)) {
      const [there, missing] = [arnOf('alias/payroll'), arnOf('alias/nothing')];
      expect(await answerTo(operation(there), there)).toEqual(await answerTo(operation(missing), missing));
    }
  });

  it('are refused to another account no sooner than a fixed time after the request', async () => {
    const { ours, partners } = world;
    const { arn } = await aKey(ours);
    const took = async (KeyId: string): Promise<number> => {
      const started = performance.now();
      await refusal(partners.kms.send(new DescribeKeyCommand({ KeyId })));
      return performance.now() - started;
    };
    for (const name of [arn, arn, unknownKey(), arnOf('alias/nothing')]) expect(await took(name)).toBeGreaterThan(20);
  });

  it('by its bare id is no key of the account that asks', async () => {
    const { ours, partners } = world;
    const { id } = await aKey(ours);
    const unknown = randomUUID();
    const ask = (KeyId: string) => partners.kms.send(new DescribeKeyCommand({ KeyId }));
    expect(await answerTo(ask(id), id)).toEqual(await answerTo(ask(unknown), unknown));
    expect((await refusal(ask(id))).message).toContain(arnOf(`key/${id}`, partnerAccount));
  });
});
