import {
  type PrincipalRepository,
  type TrustedPrincipal,
  isPolicyText,
  isPrincipalName,
  principalArn,
} from '@keywarden/identity';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type PolicyDocument, parseAwsPrincipal, parsePolicy, principalStrings } from '@keywarden/policy';
import type { MalformedPolicyDocument } from './identity-refusals';

const maxBytes = 262_144;

/** What a trust policy may be about. */
const trustActions = new Set([
  'sts:assumerole',
  'sts:assumerolewithwebidentity',
  'sts:tagsession',
  'sts:setsourceidentity',
  'sts:*',
  '*',
]);

/** Is this a policy that says what its holder may do? */
export function checkIdentityPolicy(text: string): Result<void, MalformedPolicyDocument> {
  if (!isPolicyText(text)) return malformed({ code: 'CharactersNotAllowed' });
  const parsed = parsePolicy(text, { kind: 'identity', maxBytes });
  return parsed.ok ? accept(undefined) : malformed({ code: 'Grammar', refusal: parsed.refusal });
}

/**
 * Reads a trust policy. Its statements name no resource, because it is the role they belong to; they are read as if each
 * named every resource.
 */
export function parseTrustPolicy(text: string): Result<PolicyDocument, MalformedPolicyDocument> {
  if (!isPolicyText(text)) return malformed({ code: 'CharactersNotAllowed' });
  const parsed = parsePolicy(text, { kind: 'resource', maxBytes, lenientStatements: true });
  if (!parsed.ok) return malformed({ code: 'Grammar', refusal: parsed.refusal });
  const { statements } = parsed.value;
  if (statements.some(({ resources }) => resources !== undefined)) return malformed({ code: 'ResourceNotAllowed' });
  if (statements.some(({ principals }) => principals?.negated)) return malformed({ code: 'NotPrincipalNotAllowed' });
  for (const { actions } of statements) {
    if (actions === undefined || actions.negated) return malformed({ code: 'ActionNotAllowed', action: '' });
    const strange = actions.patterns.find((action) => !trustActions.has(action.toLowerCase()));
    if (strange !== undefined) return malformed({ code: 'ActionNotAllowed', action: strange });
  }
  const everywhere = { negated: false, patterns: ['*'] };
  const document = { ...parsed.value, statements: statements.map((one) => ({ ...one, resources: everywhere })) };
  return accept(document as PolicyDocument);
}

/**
 * Checks a trust policy and finds the users and roles it names, who must exist. Their unique ids are remembered, so that
 * somebody made later under the name of a deleted principal is not trusted in its place.
 */
export async function readTrustPolicy(
  text: string,
  principals: PrincipalRepository,
): Promise<Result<readonly TrustedPrincipal[], MalformedPolicyDocument>> {
  const parsed = parseTrustPolicy(text);
  if (!parsed.ok) return parsed;
  const trusted: TrustedPrincipal[] = [];
  for (const { type, value } of principalStrings(parsed.value)) {
    if (type !== 'AWS') continue;
    const named = parseAwsPrincipal(value);
    if (named?.kind !== 'user' && named?.kind !== 'role') continue;
    const { kind, account, name } = named;
    const found = isPrincipalName(kind, name) ? await principals.find(account, kind, name) : undefined;
    if (found === undefined || principalArn(found) !== value) {
      return malformed({ code: 'PrincipalUnknown', principal: value });
    }
    trusted.push({ arn: value, id: found.id });
  }
  return accept(trusted);
}

function malformed(because: MalformedPolicyDocument['because']): Result<never, MalformedPolicyDocument> {
  return refuse({ code: 'MalformedPolicyDocument', because });
}
