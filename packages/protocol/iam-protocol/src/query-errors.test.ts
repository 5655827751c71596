import type { IdentityRefusal } from '@keywarden/identity-service';
import { toQueryError } from './index';
import type { Action } from './shapes/action-shapes';

const shown = (refusal: IdentityRefusal, action: Action = 'GetUser') => {
  const { code, message, status } = toQueryError(refusal, action);
  return `${status} ${code}: ${message}`;
};

describe('refusals', () => {
  it.each<[string, IdentityRefusal, Action?]>([
    [
      '404 NoSuchEntity: The user with name alice cannot be found.',
      { code: 'NoSuchEntity', kind: 'user', name: 'alice' },
    ],
    [
      '404 NoSuchEntity: The role policy with name p cannot be found.',
      { code: 'NoSuchEntity', kind: 'inline-policy', name: 'p' },
      'GetRolePolicy',
    ],
    [
      '404 NoSuchEntity: The Access Key with id AKIAX cannot be found.',
      { code: 'NoSuchEntity', kind: 'access-key', name: 'AKIAX' },
    ],
    [
      '404 NoSuchEntity: Policy arn:p was not found.',
      { code: 'NoSuchEntity', kind: 'policy', name: 'arn:p' },
      'GetPolicy',
    ],
    [
      '404 NoSuchEntity: Policy arn:p does not exist or is not attachable.',
      { code: 'NoSuchEntity', kind: 'policy', name: 'arn:p' },
      'AttachUserPolicy',
    ],
    [
      '409 EntityAlreadyExists: User with name alice already exists.',
      { code: 'EntityAlreadyExists', kind: 'user', name: 'alice' },
    ],
    [
      '409 EntityAlreadyExists: A policy called p already exists. Duplicate names are not allowed.',
      { code: 'EntityAlreadyExists', kind: 'policy', name: 'p' },
    ],
    [
      '409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2',
      { code: 'LimitExceeded', quota: 'AccessKeysPerUser', limit: 2 },
    ],
    [
      '409 LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10',
      { code: 'LimitExceeded', quota: 'AttachedPoliciesPerRole', limit: 10 },
    ],
    [
      '409 LimitExceeded: Maximum policy size of 2048 bytes exceeded for user',
      { code: 'LimitExceeded', quota: 'InlinePolicySizePerUser', limit: 2048 },
    ],
    [
      '409 DeleteConflict: Cannot delete entity, must detach all policies first.',
      { code: 'DeleteConflict', because: 'AttachedPolicies' },
    ],
    [
      '400 InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      { code: 'InvalidInput', because: 'TagKeysDuplicate' },
    ],
    [
      '403 AccessDenied: User: arn:u is not authorized to perform: iam:GetUser on resource: arn:r',
      { code: 'AccessDenied', callerArn: 'arn:u', action: 'iam:GetUser', resource: 'arn:r', explicit: false },
    ],
    [
      '403 AccessDenied: User: arn:u is not authorized to perform: iam:GetUser on resource: arn:r with an explicit deny',
      { code: 'AccessDenied', callerArn: 'arn:u', action: 'iam:GetUser', resource: 'arn:r', explicit: true },
    ],
    [
      '400 MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole actions.',
      { code: 'MalformedPolicyDocument', because: { code: 'ActionNotAllowed', action: 's3:GetObject' } },
    ],
    [
      '400 MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:gone"',
      { code: 'MalformedPolicyDocument', because: { code: 'PrincipalUnknown', principal: 'arn:gone' } },
    ],
    [
      '400 ValidationError: The specified value for userName is invalid. It must contain only alphanumeric characters ' +
        'and/or the following: +=,.@_-',
      { code: 'ValidationError', member: 'UserName' },
    ],
    ['400 ValidationError: The specified value for marker is invalid.', { code: 'ValidationError', member: 'Marker' }],
    [
      '400 PackedPolicyTooLarge: Packed policy consumes 112% of allotted space, please use smaller policy.',
      { code: 'PackedPolicyTooLarge', percent: 112 },
    ],
    ['400 InvalidIdentityToken: The web identity token is not valid.', { code: 'InvalidIdentityToken' }],
    ['400 ExpiredTokenException: The web identity token has expired.', { code: 'ExpiredIdentityToken' }],
    ['403 IDPRejectedClaim: The identity provider did not accept the claim.', { code: 'IdpRejectedClaim' }],
    [
      '400 IDPCommunicationError: The keys of the identity provider cannot be fetched. Try again.',
      { code: 'IdpCommunicationError' },
    ],
  ])('%s', (expected, ...given) => {
    expect(shown(...given)).toBe(expected);
  });
});
