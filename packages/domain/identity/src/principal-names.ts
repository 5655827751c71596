import type { PrincipalKind } from './principal';

const nameLengths: { readonly [K in PrincipalKind]: number } = { user: 64, group: 128, role: 64, policy: 128 };
const namePattern = /^[A-Za-z0-9_+=,.@-]+$/;
const pathPattern = /^\/(?:[A-Za-z0-9_+=,.@-]+\/)*$/;
const pathPrefixPattern = /^\/[A-Za-z0-9_+=,.@/-]*$/;
const policyTextPattern = /^[\t\n\r\u0020-\u00ff]+$/;
const descriptionPattern = /^[\t\n\r\u0020-\u007e\u00a1-\u00ff]*$/;

/**
 * ASCII letters, digits and `_+=,.@-`: no character that has a meaning in a policy or an ARN.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function isPrincipalName(kind: PrincipalKind, text: string): boolean {
  return text.length <= nameLengths[kind] && namePattern.test(text);
}

/** Of an inline policy: 1 to 128 characters. */
export function isInlinePolicyName(text: string): boolean {
  return text.length <= 128 && namePattern.test(text);
}

/** 2 to 64 characters; also the shape of a source identity. */
export function isSessionName(text: string): boolean {
  return text.length >= 2 && text.length <= 64 && namePattern.test(text);
}

/** At most 512 characters of names between slashes, as IAM checks it: narrower than the pattern of its API model. */
export function isPath(text: string): boolean {
  return text.length <= 512 && pathPattern.test(text);
}

export function isPathPrefix(text: string): boolean {
  return text.length <= 512 && pathPrefixPattern.test(text);
}

/** Tab, line ends and U+0020 to U+00FF; 1 to 131,072 characters. */
export function isPolicyText(text: string): boolean {
  return text.length <= 131_072 && policyTextPattern.test(text);
}

/** At most 1,000 characters. */
export function isDescription(text: string): boolean {
  return text.length <= 1_000 && descriptionPattern.test(text);
}

/** 2 to 1,224 characters. */
export function isExternalId(text: string): boolean {
  return text.length >= 2 && text.length <= 1_224 && /^[A-Za-z0-9_+=,.@:/-]+$/.test(text);
}

/** Names that are the same name. Names are ASCII, so this is the whole of case. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}
