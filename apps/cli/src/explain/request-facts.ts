import type { KmsAction, RequestFacts } from '@keywarden/authorization';
import { InvalidArgumentError } from 'commander';

type Reader = (text: string) => RequestFacts;

const whole = (text: string): number => {
  if (!/^[0-9]{1,6}$/.test(text)) throw new InvalidArgumentError('A whole number is needed.');
  return Number(text);
};
const truth = (text: string): boolean => {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('true or false is needed.');
  return text === 'true';
};

/** What a request can say besides its encryption context, under the condition key that looks at it, in lower case. */
const readers: Readonly<Record<string, Reader>> = {
  'kms:encryptionalgorithm': (encryptionAlgorithm) => ({ encryptionAlgorithm }),
  'kms:signingalgorithm': (signingAlgorithm) => ({ signingAlgorithm }),
  'kms:messagetype': (messageType) => ({ messageType }),
  'kms:macalgorithm': (macAlgorithm) => ({ macAlgorithm }),
  'kms:keyagreementalgorithm': (keyAgreementAlgorithm) => ({ keyAgreementAlgorithm }),
  'kms:datakeypairspec': (dataKeyPairSpec) => ({ dataKeyPairSpec }),
  'kms:reencryptonsamekey': (text) => ({ reEncryptOnSameKey: truth(text) }),
  'kms:bypasspolicylockoutsafetycheck': (text) => ({ bypassPolicyLockoutSafetyCheck: truth(text) }),
  'kms:schedulekeydeletionpendingwindowindays': (text) => ({ scheduleKeyDeletionPendingWindowInDays: whole(text) }),
  'kms:rotationperiodindays': (text) => ({ rotationPeriodInDays: whole(text) }),
  'kms:wrappingalgorithm': (wrappingAlgorithm) => ({ wrappingAlgorithm }),
  'kms:wrappingkeyspec': (wrappingKeySpec) => ({ wrappingKeySpec }),
  'kms:expirationmodel': (expirationModel) => ({ expirationModel }),
  'kms:replicaregion': (replicaRegion) => ({ replicaRegion }),
  'kms:primaryregion': (primaryRegion) => ({ primaryRegion }),
  'kms:granteeprincipal': (granteePrincipal) => ({ granteePrincipal }),
  'kms:granteeserviceprincipal': (granteeServicePrincipal) => ({ granteeServicePrincipal }),
  'kms:retiringprincipal': (retiringPrincipal) => ({ retiringPrincipal }),
  'kms:grantconstrainttype': (grantConstraintType) => ({ grantConstraintType }),
  'kms:grantoperations': (text) => ({ grantOperations: text.split(','), grantConstraints: {} }),
  'aws:tagkeys': (text) => ({ tagKeys: text.split(',') }),
};

/** What the API takes for granted when a request does not say it. */
const defaults: Readonly<Record<string, RequestFacts>> = {
  ...forEach(
    ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'],
    { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
  ),
  ...forEach(['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'], {
    encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  }),
  ...forEach(['Sign', 'Verify'], { messageType: 'RAW' }),
  ...forEach(['PutKeyPolicy'], { bypassPolicyLockoutSafetyCheck: false }),
  ...forEach(['ScheduleKeyDeletion'], { scheduleKeyDeletionPendingWindowInDays: 30 }),
  ...forEach(['EnableKeyRotation'], { rotationPeriodInDays: 365 }),
};

function forEach(operations: readonly string[], facts: RequestFacts): Record<string, RequestFacts> {
  return Object.fromEntries(operations.map((operation) => [`kms:${operation}`, facts]));
}

export interface GivenFacts {
  readonly context: Readonly<Record<string, string>>;
  /** `kms:SigningAlgorithm` → value */
  readonly conditionKeys: Readonly<Record<string, string>>;
}

/** @throws InvalidArgumentError for a condition key that a request does not set */
export function requestFacts(action: KmsAction, { context, conditionKeys }: GivenFacts): RequestFacts {
  let facts: RequestFacts = { ...(Object.hasOwn(defaults, action) && defaults[action]) };
  if (Object.keys(context).length > 0) facts = { ...facts, encryptionContext: context };
  const requestTags: { key: string; value: string }[] = [];
  for (const [name, value] of Object.entries(conditionKeys)) {
    const key = name.toLowerCase();
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (key.startsWith('aws:requesttag/')) requestTags.push({ key: name.slice('aws:RequestTag/'.length), value });
    else if (reader === undefined) throw new InvalidArgumentError(`A request does not set ${name}; known: ${known}`);
    else facts = { ...facts, ...reader(value) };
  }
  return requestTags.length === 0 ? facts : { ...facts, requestTags };
}

const known = [...Object.keys(readers), 'aws:requesttag/<key>'].join(', ');
