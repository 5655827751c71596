import type { DenialReason } from '@keywarden/authorization';
import { toWireError } from './wire-errors';

const start =
  'User: arn:aws:iam::111122223333:user/adele is not authorized to perform: kms:Encrypt on resource: ' +
  'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab ';

/** The texts of error-messages section 6, one for each reason. */
const ends: Readonly<Record<DenialReason, string>> = {
  NoIdentityPolicyAllows: 'because no identity-based policy allows the kms:Encrypt action',
  NoResourcePolicyAllows: 'because no resource-based policy allows the kms:Encrypt action',
  NoSessionPolicyAllows: 'because no session policy allows the kms:Encrypt action',
  NoPermissionsBoundaryAllows: 'because no permissions boundary allows the kms:Encrypt action',
  IdentityPolicyDenies: 'with an explicit deny in an identity-based policy',
  ResourcePolicyDenies: 'with an explicit deny in a resource-based policy',
  SessionPolicyDenies: 'with an explicit deny in a session policy',
  PermissionsBoundaryDenies: 'with an explicit deny in a permissions boundary',
};

it.each(Object.entries(ends) as [DenialReason, string][])('says of %s what AWS says', (reason, end) => {
  const refusal = {
    code: 'AccessDenied',
    callerArn: 'arn:aws:iam::111122223333:user/adele',
    action: 'kms:Encrypt',
    resource: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    reason,
  } as const;
  expect(toWireError(refusal)).toEqual({
    type: 'AccessDeniedException',
    message: start + end,
    messageMember: 'Message',
  });
});
