import { isPrimary, isReplica } from '@keywarden/keys';
import { type Asked, type Values, one } from './condition-values';
import { isoDate } from './global-condition-keys';

const aboutGrants: ReadonlySet<string> = new Set(['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant']);
const aboutUnusedKeys: ReadonlySet<string> = new Set(['kms:DisableKey', 'kms:ScheduleKeyDeletion']);

/** The operations of custom key stores concern no key, and still know the caller's account. */
const ofKeyStores = (action: string): boolean => /^kms:[A-Za-z]+CustomKeyStores?$/.test(action);
const spec = ({ key, facts }: Asked): Values => one(key?.spec ?? facts.keySpec);
const usage = ({ key, facts }: Asked): Values => one(key?.usage ?? facts.keyUsage);

/**
 * Keys of KMS itself. `kms:ViaService` is missing, as on every direct call. `kms:ResourceAliases` is answered where the
 * policies of the caller are evaluated: key policies do not have it.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
export const kmsConditionKeys: ReadonlyMap<string, (asked: Asked) => Values> = new Map([
  ['kms:calleraccount', ({ key, caller, action }) => (key || ofKeyStores(action) ? one(caller.account) : undefined)],
  ['kms:keyspec', spec],
  ['kms:customermasterkeyspec', spec],
  ['kms:keyusage', usage],
  ['kms:customermasterkeyusage', usage],
  ['kms:keyorigin', ({ key, facts }) => one(key?.origin ?? facts.keyOrigin)],
  ['kms:multiregion', ({ key, facts }) => one(key === undefined ? facts.multiRegion : key.multiRegion !== undefined)],
  ['kms:multiregionkeytype', multiRegionKeyType],
  ['kms:bypasspolicylockoutsafetycheck', ({ facts }) => one(facts.bypassPolicyLockoutSafetyCheck)],
  ['kms:encryptionalgorithm', ({ facts }) => one(facts.encryptionAlgorithm)],
  ['kms:encryptioncontextkeys', ({ facts }) => facts.encryptionContext && Object.keys(facts.encryptionContext)],
  ['kms:signingalgorithm', ({ facts }) => one(facts.signingAlgorithm)],
  ['kms:messagetype', ({ facts }) => one(facts.messageType)],
  ['kms:macalgorithm', ({ facts }) => one(facts.macAlgorithm)],
  ['kms:keyagreementalgorithm', ({ facts }) => one(facts.keyAgreementAlgorithm)],
  ['kms:datakeypairspec', ({ facts }) => one(facts.dataKeyPairSpec)],
  ['kms:requestalias', ({ facts }) => one(facts.requestAlias && aliasNameIn(facts.requestAlias))],
  ['kms:reencryptonsamekey', ({ facts }) => one(facts.reEncryptOnSameKey)],
  ['kms:schedulekeydeletionpendingwindowindays', ({ facts }) => one(facts.scheduleKeyDeletionPendingWindowInDays)],
  ['kms:rotationperiodindays', ({ facts }) => one(facts.rotationPeriodInDays)],
  ['kms:trailingdayswithoutkeyusage', trailingDays],
  ['kms:wrappingalgorithm', ({ facts }) => one(facts.wrappingAlgorithm)],
  ['kms:wrappingkeyspec', ({ facts }) => one(facts.wrappingKeySpec)],
  ['kms:expirationmodel', ({ facts }) => one(facts.expirationModel)],
  ['kms:validto', ({ facts }) => one(facts.validTo === undefined ? undefined : isoDate(facts.validTo))],
  ['kms:replicaregion', ({ facts }) => one(facts.replicaRegion)],
  ['kms:primaryregion', ({ facts }) => one(facts.primaryRegion)],
  ['kms:granteeprincipal', ({ facts }) => one(facts.granteePrincipal)],
  ['kms:granteeserviceprincipal', ({ facts }) => one(facts.granteeServicePrincipal)],
  ['kms:retiringprincipal', ({ facts }) => one(facts.retiringPrincipal)],
  ['kms:retiringserviceprincipal', ({ facts }) => one(facts.retiringServicePrincipal)],
  ['kms:grantoperations', ({ facts }) => facts.grantOperations],
  ['kms:grantconstrainttype', ({ facts }) => one(facts.grantConstraintType)],
  ['kms:grantconstraintsourcearn', ({ facts }) => one(facts.grantConstraints?.sourceArn)],
  // True only when an AWS service makes the call for its user.
  ['kms:grantisforawsresource', ({ action }) => (aboutGrants.has(action) ? one(false) : undefined)],
] satisfies [string, (asked: Asked) => Values][]);

function multiRegionKeyType({ key, facts }: Asked): Values {
  if (key === undefined) return one(facts.multiRegionKeyType ?? (facts.multiRegion === true ? 'PRIMARY' : undefined));
  if (isPrimary(key)) return one('PRIMARY');
  return isReplica(key) ? one('REPLICA') : undefined;
}

/** Always a name, also when the caller gave the ARN of the alias. */
function aliasNameIn(given: string): string {
  return given.slice(given.indexOf('alias/'));
}

/** Where nobody counted, the key is there without a number, so that conditions on it are undecidable and fail closed. */
function trailingDays({ action, facts }: Asked): Values {
  return aboutUnusedKeys.has(action) ? one(facts.trailingDaysWithoutKeyUsage ?? 'unknown') : undefined;
}
