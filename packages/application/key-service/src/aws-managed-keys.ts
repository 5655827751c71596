import type { MaterialFactory } from '@keywarden/crypto';
import {
  type AliasName,
  type Instant,
  type KeyId,
  type Randomness,
  type Tenancy,
  accept,
  newKeyId,
  partitionOf,
} from '@keywarden/kernel';
import {
  type AliasRepository,
  type KeyRepository,
  type KmsKey,
  createKey,
  defaultRotationPeriodInDays,
} from '@keywarden/keys';

/** Makes the key behind a predefined alias when it is first asked for. */
export interface PredefinedAliases {
  /** @returns the key that the alias names, made now if need be; undefined when the alias is not a predefined one */
  ensure(tenancy: Tenancy, alias: AliasName, now: Instant): Promise<KeyId | undefined>;
}

const prefix = 'alias/aws/';

/** Names that may follow the prefix: those of AWS services that have a key of their own. */
const services: ReadonlySet<string> = new Set([
  'acm',
  'backup',
  'codebuild',
  'codecommit',
  'dms',
  'dynamodb',
  'ebs',
  'elasticfilesystem',
  'es',
  'fsx',
  'glue',
  'kinesis',
  'kinesisvideo',
  'lambda',
  'lightsail',
  'rds',
  'redshift',
  's3',
  'secretsmanager',
  'ses',
  'sns',
  'sqs',
  'ssm',
  'workspaces',
  'xray',
]);

/**
 * AWS managed keys: one for a service in each account and Region, made when its alias is first named. The alias decides
 * between nodes that make one at once: only one of them gets the alias, and the others take back what they made.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
 */
export class AwsManagedKeys implements PredefinedAliases {
  constructor(
    private readonly keys: KeyRepository,
    private readonly aliases: AliasRepository,
    private readonly materials: MaterialFactory,
    private readonly randomness: Randomness,
  ) {}

  async ensure(tenancy: Tenancy, alias: AliasName, now: Instant): Promise<KeyId | undefined> {
    const name = alias.startsWith(prefix) ? alias.slice(prefix.length) : '';
    if (!services.has(name)) return undefined;
    const key = await this.#make(tenancy, name, now);
    const { account, region } = tenancy;
    const created = await this.aliases.create(tenancy, alias, key.id, () =>
      accept({ account, region, name: alias, targetKeyId: key.id, createdAt: now, updatedAt: now }),
    );
    if (created.ok) return key.id;
    await this.keys.updateFamily(key, () => accept({ put: [], remove: [key] }));
    return (await this.aliases.find(tenancy, alias))?.targetKeyId;
  }

  async #make({ account, region }: Tenancy, name: string, now: Instant): Promise<KmsKey> {
    const place = { account, region, id: newKeyId(this.randomness, false) };
    const spec = 'SYMMETRIC_DEFAULT';
    const fresh = await this.materials.generate({ account, region, keyId: place.id, spec });
    const made = createKey(
      place,
      {
        spec,
        usage: 'ENCRYPT_DECRYPT',
        origin: 'AWS_KMS',
        description: `Default key for ${name}`,
        policy: managedKeyPolicy({ account, region }, name),
        tags: [],
        multiRegion: false,
        manager: 'AWS',
      },
      { ...fresh, state: 'CURRENT', createdAt: now },
      now,
    );
    const rotation = { enabled: true, periodInDays: defaultRotationPeriodInDays, countedFrom: now };
    // AWS managed keys do not count towards the quota of keys.
    const inserted = await this.keys.insert({ ...made, rotation }, Number.MAX_SAFE_INTEGER);
    if (!inserted.ok) throw new Error('an AWS managed key was counted towards the quota of keys');
    return inserted.value;
  }
}

/**
 * The account's principals use the key as their IAM policies allow, and may look at it; nobody changes it. AWS ties the
 * use to calls of the service by `kms:ViaService`, which no call carries here.
 */
function managedKeyPolicy({ account, region }: Tenancy, name: string): string {
  const document = {
    Version: '2012-10-17',
    Id: `auto-${name}-1`,
    Statement: [
      {
        Sid: `Allow access for all principals in the account that are authorized to use ${name}`,
        Effect: 'Allow',
        Principal: { AWS: `arn:${partitionOf(region)}:iam::${account}:root` },
        Action: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          'kms:CreateGrant',
          'kms:RevokeGrant',
          'kms:Describe*',
          'kms:Get*',
          'kms:List*',
        ],
        Resource: '*',
      },
    ],
  };
  return JSON.stringify(document, undefined, 2);
}
