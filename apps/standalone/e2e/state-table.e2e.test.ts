import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as kms from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { importOf, imports, someMaterial } from './testing/import-material';
import { refusal, refused } from './testing/refused';

/** Every cell of the published table that can be reached over the API; the other states are tested below it. */
const reachable = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'] as const;
type State = (typeof reachable)[number];

const service = aService({ environment: { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' } });
let client: kms.KMSClient;
beforeAll(() => {
  client = service.client();
});

const [header = '', ...lines] = readFileSync(`${__dirname}/testdata/key-states.csv`, 'utf8').trim().split('\n');
const columns = header.split(',');
const table = new Map(lines.map((line) => [line.slice(0, line.indexOf(',')), line.split(',')]));
const cellOf = (operation: string, state: State): string => table.get(operation)?.[columns.indexOf(state)] ?? 'none';

const kinds = {
  symmetric: {},
  external: { Origin: 'EXTERNAL' },
  rotating: { Origin: 'EXTERNAL' },
  signing: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  agreement: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
  mac: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
  encapsulation: { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
  primary: { MultiRegion: true },
  family: { MultiRegion: true },
} as const satisfies Record<string, kms.CreateKeyCommandInput>;
type Kind = keyof typeof kinds;

/** A key that is still usable, and the call that is made once it has come to its state. */
interface Subject extends AKey {
  readonly material: Buffer;
}
type Call = () => Promise<unknown>;
type Arrange = (key: Subject) => Call | Promise<Call>;

interface Row {
  readonly kinds: readonly Kind[];
  readonly arrange: Arrange;
  /** Where the row of the table has another name, or the cell another meaning. */
  readonly operation?: string;
  readonly cell?: (state: State) => string;
}

const root = `arn:aws:iam::${account}:root`;
const Message = Buffer.from('a message');
const SigningAlgorithm = 'ECDSA_SHA_256';
const MacAlgorithm = 'HMAC_SHA_256';
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' }],
});
const peer = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
const encrypted = async (KeyId: string): Promise<Uint8Array | undefined> =>
  (await client.send(new kms.EncryptCommand({ KeyId, Plaintext: Message }))).CiphertextBlob;
const aGrant = async (KeyId: string) =>
  client.send(
    new kms.CreateGrantCommand({ KeyId, GranteePrincipal: root, RetiringPrincipal: root, Operations: ['Encrypt'] }),
  );

/** For operations that need nothing but the key. */
const simply =
  (make: (KeyId: string) => Promise<unknown>): Arrange =>
  ({ id }) =>
  () =>
    make(id);

const rotatable = ['symmetric', 'external', 'signing', 'mac'] as const;
const rows: Readonly<Record<string, Row>> = {
  CancelKeyDeletion: {
    kinds: ['symmetric', 'family'],
    arrange: simply((KeyId) => client.send(new kms.CancelKeyDeletionCommand({ KeyId }))),
  },
  CreateAlias: {
    kinds: ['symmetric', 'signing'],
    arrange: simply((TargetKeyId) =>
      client.send(new kms.CreateAliasCommand({ AliasName: `alias/${randomUUID()}`, TargetKeyId })),
    ),
  },
  CreateGrant: { kinds: ['symmetric'], arrange: simply(aGrant) },
  Decrypt: {
    kinds: ['symmetric', 'family'],
    arrange: async ({ id }) => {
      const CiphertextBlob = await encrypted(id);
      return () => client.send(new kms.DecryptCommand({ CiphertextBlob }));
    },
  },
  DeleteAlias: {
    kinds: ['symmetric'],
    arrange: async (key) => {
      const AliasName = await anAlias(client, key);
      return () => client.send(new kms.DeleteAliasCommand({ AliasName }));
    },
  },
  DeleteImportedKeyMaterial: {
    kinds: ['external', 'symmetric'],
    arrange: simply((KeyId) => client.send(new kms.DeleteImportedKeyMaterialCommand({ KeyId }))),
  },
  DeriveSharedSecret: {
    kinds: ['agreement'],
    arrange: simply((KeyId) =>
      client.send(new kms.DeriveSharedSecretCommand({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: peer() })),
    ),
  },
  DescribeKey: {
    kinds: ['symmetric', 'signing', 'family'],
    arrange: simply((KeyId) => client.send(new kms.DescribeKeyCommand({ KeyId }))),
  },
  DisableKey: {
    kinds: ['symmetric', 'family'],
    arrange: simply((KeyId) => client.send(new kms.DisableKeyCommand({ KeyId }))),
  },
  DisableKeyRotation: {
    kinds: rotatable,
    arrange: simply((KeyId) => client.send(new kms.DisableKeyRotationCommand({ KeyId }))),
  },
  EnableKey: {
    kinds: ['symmetric', 'family'],
    arrange: simply((KeyId) => client.send(new kms.EnableKeyCommand({ KeyId }))),
  },
  EnableKeyRotation: {
    kinds: rotatable,
    arrange: simply((KeyId) => client.send(new kms.EnableKeyRotationCommand({ KeyId }))),
  },
  Encrypt: { kinds: ['symmetric', 'family'], arrange: simply(encrypted) },
  GenerateDataKey: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) => client.send(new kms.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }))),
  },
  GenerateDataKeyPair: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) =>
      client.send(new kms.GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' })),
    ),
  },
  GenerateDataKeyPairWithoutPlaintext: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) =>
      client.send(new kms.GenerateDataKeyPairWithoutPlaintextCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' })),
    ),
  },
  GenerateDataKeyWithoutPlaintext: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) =>
      client.send(new kms.GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' })),
    ),
  },
  GenerateMac: {
    kinds: ['mac'],
    arrange: simply((KeyId) => client.send(new kms.GenerateMacCommand({ KeyId, Message, MacAlgorithm }))),
  },
  GetKeyLastUsage: {
    kinds: ['symmetric', 'family'],
    arrange: simply((KeyId) => client.send(new kms.GetKeyLastUsageCommand({ KeyId }))),
  },
  GetKeyPolicy: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) => client.send(new kms.GetKeyPolicyCommand({ KeyId }))),
  },
  GetKeyRotationStatus: {
    kinds: rotatable,
    arrange: simply((KeyId) => client.send(new kms.GetKeyRotationStatusCommand({ KeyId }))),
  },
  GetParametersForImport: {
    kinds: ['external', 'symmetric'],
    arrange: simply((KeyId) =>
      client.send(
        new kms.GetParametersForImportCommand({
          KeyId,
          WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
          WrappingKeySpec: 'RSA_2048',
        }),
      ),
    ),
  },
  GetPublicKey: {
    kinds: ['signing', 'agreement'],
    arrange: simply((KeyId) => client.send(new kms.GetPublicKeyCommand({ KeyId }))),
  },
  ImportKeyMaterial: {
    kinds: ['external', 'symmetric'],
    arrange: async ({ id, material }) => {
      // The token of another key will do where the state or the origin is refused before it is looked at.
      const wrapped = await importOf(client, id, material).catch(async () =>
        importOf(client, (await aKey(client, { Origin: 'EXTERNAL' })).id, material),
      );
      return () => client.send(new kms.ImportKeyMaterialCommand({ ...wrapped, KeyId: id }));
    },
  },
  ListAliases: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) => client.send(new kms.ListAliasesCommand({ KeyId }))),
  },
  ListGrants: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) => client.send(new kms.ListGrantsCommand({ KeyId }))),
  },
  ListKeyPolicies: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) => client.send(new kms.ListKeyPoliciesCommand({ KeyId }))),
  },
  ListKeyRotations: {
    kinds: rotatable,
    arrange: simply((KeyId) => client.send(new kms.ListKeyRotationsCommand({ KeyId }))),
  },
  ListResourceTags: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) => client.send(new kms.ListResourceTagsCommand({ KeyId }))),
  },
  PutKeyPolicy: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) => client.send(new kms.PutKeyPolicyCommand({ KeyId, Policy: policy }))),
  },
  'ReEncrypt from the key': {
    operation: 'ReEncrypt',
    kinds: ['symmetric'],
    arrange: async ({ id }) => {
      const CiphertextBlob = await encrypted(id);
      const { id: DestinationKeyId } = await aKey(client);
      return () => client.send(new kms.ReEncryptCommand({ CiphertextBlob, DestinationKeyId }));
    },
  },
  'ReEncrypt to the key': {
    operation: 'ReEncrypt',
    kinds: ['symmetric'],
    arrange: async ({ id: DestinationKeyId }) => {
      const CiphertextBlob = await encrypted((await aKey(client)).id);
      return () => client.send(new kms.ReEncryptCommand({ CiphertextBlob, DestinationKeyId }));
    },
  },
  ReplicateKey: {
    kinds: ['primary'],
    arrange: simply((KeyId) => client.send(new kms.ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' }))),
  },
  RetireGrant: {
    kinds: ['symmetric'],
    arrange: async ({ id }) => {
      const { GrantToken } = await aGrant(id);
      return () => client.send(new kms.RetireGrantCommand({ GrantToken }));
    },
  },
  RevokeGrant: {
    kinds: ['symmetric'],
    arrange: async ({ id: KeyId }) => {
      const { GrantId } = await aGrant(KeyId);
      return () => client.send(new kms.RevokeGrantCommand({ KeyId, GrantId }));
    },
  },
  RotateKeyOnDemand: {
    kinds: ['symmetric', 'external', 'rotating', 'signing', 'mac'],
    arrange: simply((KeyId) => client.send(new kms.RotateKeyOnDemandCommand({ KeyId }))),
  },
  ScheduleKeyDeletion: {
    kinds: ['symmetric', 'family'],
    arrange: simply((KeyId) => client.send(new kms.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))),
  },
  Sign: {
    kinds: ['signing'],
    arrange: simply((KeyId) => client.send(new kms.SignCommand({ KeyId, Message, SigningAlgorithm }))),
  },
  TagResource: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) =>
      client.send(new kms.TagResourceCommand({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })),
    ),
  },
  UntagResource: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) => client.send(new kms.UntagResourceCommand({ KeyId, TagKeys: ['a'] }))),
  },
  'UpdateAlias away from the key': {
    operation: 'UpdateAlias',
    kinds: ['symmetric'],
    cell: () => 'ok',
    arrange: async (key) => {
      const AliasName = await anAlias(client, key);
      const { id: TargetKeyId } = await aKey(client);
      return () => client.send(new kms.UpdateAliasCommand({ AliasName, TargetKeyId }));
    },
  },
  'UpdateAlias to the key': {
    operation: 'UpdateAlias',
    kinds: ['symmetric'],
    cell: (state) => (state === 'PendingDeletion' ? 'fail[3]' : 'ok'),
    arrange: async ({ id: TargetKeyId }) => {
      const AliasName = await anAlias(client, await aKey(client));
      return () => client.send(new kms.UpdateAliasCommand({ AliasName, TargetKeyId }));
    },
  },
  UpdateKeyDescription: {
    kinds: ['symmetric'],
    arrange: simply((KeyId) => client.send(new kms.UpdateKeyDescriptionCommand({ KeyId, Description: 'x' }))),
  },
  UpdatePrimaryRegion: {
    kinds: ['family'],
    arrange: simply((KeyId) => client.send(new kms.UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: 'eu-west-1' }))),
  },
  Verify: {
    kinds: ['signing'],
    arrange: async ({ id: KeyId }) => {
      const { Signature } = await client.send(new kms.SignCommand({ KeyId, Message, SigningAlgorithm }));
      return () => client.send(new kms.VerifyCommand({ KeyId, Message, Signature, SigningAlgorithm }));
    },
  },
  VerifyMac: {
    kinds: ['mac'],
    arrange: async ({ id: KeyId }) => {
      const { Mac } = await client.send(new kms.GenerateMacCommand({ KeyId, Message, MacAlgorithm }));
      return () => client.send(new kms.VerifyMacCommand({ KeyId, Message, Mac, MacAlgorithm }));
    },
  },
  // Newer than the table; they go by the row of Encrypt. ML-KEM keys cannot be imported.
  Encapsulate: {
    operation: 'Encrypt',
    kinds: ['encapsulation'],
    arrange: simply((KeyId) => client.send(new kms.EncapsulateCommand({ KeyId, EncapsulationAlgorithm: 'ML_KEM' }))),
  },
  Decapsulate: {
    operation: 'Encrypt',
    kinds: ['encapsulation'],
    arrange: async ({ id: KeyId }) => {
      const made = await client.send(new kms.EncapsulateCommand({ KeyId, EncapsulationAlgorithm: 'ML_KEM' }));
      const { SharedSecretCiphertextBlob, EncapsulationAlgorithm } = made;
      return () =>
        client.send(new kms.DecapsulateCommand({ KeyId, SharedSecretCiphertextBlob, EncapsulationAlgorithm }));
    },
  },
};

const specOf = (kind: Kind): kms.KeySpec => {
  const input: kms.CreateKeyCommandInput = kinds[kind];
  return input.KeySpec ?? 'SYMMETRIC_DEFAULT';
};
const isImported = (kind: Kind, state: State): boolean => 'Origin' in kinds[kind] || state === 'PendingImport';

/** Makes the key, lets the call be prepared while it is usable, and brings the key to its state. */
async function arranged(
  kind: Kind,
  state: State,
  arrange: Arrange,
): Promise<{ readonly key: AKey; readonly call: Call }> {
  const imported = isImported(kind, state);
  const key = await aKey(client, { ...kinds[kind], ...(imported && { Origin: 'EXTERNAL' }) });
  const material = imported ? someMaterial(specOf(kind)) : Buffer.alloc(32);
  const { id: KeyId } = key;
  if (imported) await imports(client, KeyId, material);
  if (kind === 'rotating') await imports(client, KeyId, someMaterial(), { ImportType: 'NEW_KEY_MATERIAL' });
  if (kind === 'family') await client.send(new kms.ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' }));
  const call = await arrange({ ...key, material });
  if (state === 'Disabled') await client.send(new kms.DisableKeyCommand({ KeyId }));
  if (state === 'PendingDeletion') await client.send(new kms.ScheduleKeyDeletionCommand({ KeyId }));
  if (state === 'PendingImport') await client.send(new kms.DeleteImportedKeyMaterialCommand({ KeyId }));
  const shown = state === 'PendingDeletion' && kind === 'family' ? 'PendingReplicaDeletion' : state;
  const { KeyMetadata } = await client.send(new kms.DescribeKeyCommand({ KeyId }));
  expect(KeyMetadata?.KeyState).toBe(shown);
  return { key, call };
}

/** What a cell means for a key of a kind: undefined where the call succeeds. */
function expected(operation: string, cell: string, kind: Kind, state: State, { arn }: AKey) {
  const invalid = (what: string) => refusal('KMSInvalidStateException', what);
  const unsupported = (text?: string) => refusal('UnsupportedOperationException', text ?? nothing);
  const origin = (name: string) => unsupported(`${arn} origin is ${name} which is not valid for this operation.`);
  const imported = isImported(kind, state);
  const symmetric = specOf(kind) === 'SYMMETRIC_DEFAULT';
  const leaving = `${arn} is pending ${kind === 'family' ? 'replica ' : ''}deletion.`;
  switch (cell) {
    case 'ok':
    case 'ok (no effect)':
      return undefined;
    case 'fail[1]':
    case 'fail[1] or [7]':
    case 'fail[1] or [16]':
      return refusal('DisabledException', `${arn} is disabled.`);
    case 'fail[2] or [3]':
    case 'fail[3]':
    case 'fail[3] or [7]':
    case 'fail[3] or [16]':
    case 'fail[8] or [9]':
      return invalid(leaving);
    case 'fail[4]':
      return invalid(`${arn} is not pending deletion.`);
    case 'fail[5]':
      return invalid(`${arn} is pending import.`);
    case 'fail[6]':
      return symmetric ? origin('EXTERNAL') : unsupported();
    case 'cond[7]':
      if (!symmetric) return imported || operation === 'EnableKeyRotation' ? unsupported() : undefined;
      return imported ? origin('EXTERNAL') : undefined;
    case 'cond[9]':
      return imported ? undefined : origin('AWS_KMS');
    case 'cond[16]':
      if (!symmetric) return unsupported();
      return kind === 'external'
        ? invalid(`No available key material pending rotation for the key: ${arn}.`)
        : undefined;
    case 'cond[17]':
      return symmetric ? undefined : unsupported();
    default:
      throw new Error(`${operation} has the cell ${cell}`);
  }
}

/** What the SDK shows for an error without a message member. */
const nothing = 'UnknownError';

const cases = Object.entries(rows).flatMap(([name, row]) =>
  reachable.flatMap((state) =>
    row.kinds
      .filter((kind) => state !== 'PendingImport' || !['rotating', 'encapsulation'].includes(kind))
      .filter((kind) => state !== 'PendingImport' || kind !== 'external' || !row.kinds.includes('symmetric'))
      .map((kind) => ({
        name,
        state,
        kind,
        cell: (row.cell ?? ((at) => cellOf(row.operation ?? name, at)))(state),
        row,
      })),
  ),
);

describe('the key state table over the API', () => {
  it('is the one of the domain, and is covered row by row', () => {
    const original = readFileSync(`${__dirname}/../../../packages/domain/keys/testdata/key-states.csv`, 'utf8');
    expect([header, ...lines].join('\n')).toBe(original.trim());
    const covered = new Set(Object.entries(rows).map(([name, { operation }]) => operation ?? name));
    expect([...table.keys()].filter((operation) => !covered.has(operation))).toEqual([]);
  });

  it.each(cases)('$name with a $kind key that is $state: $cell', async ({ name, state, kind, cell, row }) => {
    const { key, call } = await arranged(kind, state, row.arrange);
    const refusalOfCell = expected(name, cell, kind, state, key);
    if (refusalOfCell === undefined) await call();
    else expect(await refused(call())).toEqual(refusalOfCell);
  });
});
