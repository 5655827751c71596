import type { QueryError } from '@keywarden/aws-query';
import type { DeleteConflict, LimitExceeded, NoSuchEntity, PrincipalQuota, TagRefusal } from '@keywarden/identity';
import type { IdentityRefusal } from '@keywarden/identity-service';
import { policyFault } from './policy-errors';
import type { Action } from './shapes/action-shapes';

type Translate = {
  readonly [C in IdentityRefusal['code']]: (
    refusal: Extract<IdentityRefusal, { code: C }>,
    action: Action,
  ) => QueryError;
};

const error =
  (code: string, status: number) =>
  (message: string): QueryError => ({ code, message, status });

const noSuchEntity = error('NoSuchEntity', 404);
const entityExists = error('EntityAlreadyExists', 409);
const limitExceeded = error('LimitExceeded', 409);
const deleteConflict = error('DeleteConflict', 409);
const invalidInput = error('InvalidInput', 400);
const validation = error('ValidationError', 400);
const tokenInvalid = error('InvalidIdentityToken', 400);

/** Whose policy an action is about: `GetUserPolicy` has `user`. */
const holderOf = (action: Action): string => /User|Group|Role/.exec(action)?.[0].toLowerCase() ?? 'inline';

function missing({ kind, name }: NoSuchEntity, action: Action): string {
  switch (kind) {
    case 'user':
    case 'group':
    case 'role':
      return `The ${kind} with name ${name} cannot be found.`;
    case 'policy':
      return /^(?:Attach|Put)/.test(action)
        ? `Policy ${name} does not exist or is not attachable.`
        : `Policy ${name} was not found.`;
    case 'inline-policy':
      return `The ${holderOf(action)} policy with name ${name} cannot be found.`;
    case 'policy-version':
      return `Policy version ${name} does not exist.`;
    case 'access-key':
      return `The Access Key with id ${name} cannot be found.`;
    case 'account':
      return `Account ${name} cannot be found.`;
    case 'provider':
      return `OpenIDConnect Provider ${name} cannot be found.`;
  }
}

/** Quotas that AWS calls by another name than ours. */
const quotaNames: Partial<Record<PrincipalQuota, string>> = {
  AttachedPoliciesPerUser: 'PoliciesPerUser',
  AttachedPoliciesPerGroup: 'PoliciesPerGroup',
  AttachedPoliciesPerRole: 'PoliciesPerRole',
  AssumeRolePolicySize: 'ACLSizePerRole',
};

function exceeded({ quota, limit }: LimitExceeded | Extract<TagRefusal, { code: 'LimitExceeded' }>): string {
  switch (quota) {
    case 'VersionsPerPolicy':
      return `A managed policy can have up to ${limit} versions; delete one before creating another.`;
    case 'InlinePolicySizePerUser':
    case 'InlinePolicySizePerGroup':
    case 'InlinePolicySizePerRole':
      return `Maximum policy size of ${limit} bytes exceeded for ${quota.slice('InlinePolicySizePer'.length).toLowerCase()}`;
    case 'TagsPerPrincipal':
      return `The number of tags has reached the maximum limit of ${limit}.`;
    default:
      return `Cannot exceed quota for ${quotaNames[quota] ?? quota}: ${limit}`;
  }
}

const conflicts: { readonly [B in DeleteConflict['because']]: string } = {
  AccessKeys: 'Cannot delete entity, must delete access keys first.',
  Groups: 'Cannot delete entity, must remove user from all groups first.',
  Members: 'Cannot delete entity, must remove users from group first.',
  InlinePolicies: 'Cannot delete entity, must delete policies first.',
  AttachedPolicies: 'Cannot delete entity, must detach all policies first.',
  Attachments: 'Cannot delete a policy attached to entities.',
  Versions: 'Cannot delete a policy that has versions beside its default version; delete them first.',
  DefaultVersion: 'Cannot delete the default version of a policy.',
};

const tagFaults = {
  TagKeysDuplicate: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  TagPrefixReserved: 'Tag keys beginning with aws: are reserved for system use.',
  TagMalformed: 'A tag key or tag value has characters or a length that are not allowed.',
} as const;

/** Members that are names, all of one alphabet. */
const isName = /(?:User|Group|Role|Policy|Session)Name$/;

function invalidMember(member: string): string {
  const name = member.charAt(0).toLowerCase() + member.slice(1);
  const rule = ' It must contain only alphanumeric characters and/or the following: +=,.@_-';
  return `The specified value for ${name} is invalid.${isName.test(member) ? rule : ''}`;
}

/**
 * The one place where refusals become AWS errors. Codes and statuses are those of the service models; texts are those the
 * services are known to send where they are known, and ours elsewhere.
 */
const queryErrors: Translate = {
  NoSuchEntity: (refusal, action) => noSuchEntity(missing(refusal, action)),
  EntityAlreadyExists: ({ kind, name }) =>
    entityExists(
      kind === 'policy'
        ? `A policy called ${name} already exists. Duplicate names are not allowed.`
        : `${kind.charAt(0).toUpperCase()}${kind.slice(1)} with name ${name} already exists.`,
    ),
  LimitExceeded: (refusal) => limitExceeded(exceeded(refusal)),
  DeleteConflict: ({ because }) => deleteConflict(conflicts[because]),
  InvalidInput: ({ because }) => invalidInput(tagFaults[because]),
  AccessDenied: ({ callerArn, action, resource, explicit }) =>
    error(
      'AccessDenied',
      403,
    )(
      `User: ${callerArn} is not authorized to perform: ${action} on resource: ${resource}` +
        (explicit ? ' with an explicit deny' : ''),
    ),
  MalformedPolicyDocument: ({ because }) => error('MalformedPolicyDocument', 400)(policyFault(because)),
  ValidationError: ({ member }) => validation(invalidMember(member)),
  PackedPolicyTooLarge: ({ percent }) =>
    error(
      'PackedPolicyTooLarge',
      400,
    )(`Packed policy consumes ${percent}% of allotted space, please use smaller policy.`),
  InvalidIdentityToken: () => tokenInvalid('The web identity token is not valid.'),
  ExpiredIdentityToken: () => error('ExpiredTokenException', 400)('The web identity token has expired.'),
  IdpRejectedClaim: () => error('IDPRejectedClaim', 403)('The identity provider did not accept the claim.'),
  IdpCommunicationError: () =>
    error('IDPCommunicationError', 400)('The keys of the identity provider cannot be fetched. Try again.'),
};

export function toQueryError(refusal: IdentityRefusal, action: Action): QueryError {
  // The table has exactly one entry for each code, so the entry found takes this refusal.
  return (queryErrors[refusal.code] as (given: IdentityRefusal, action: Action) => QueryError)(refusal, action);
}
