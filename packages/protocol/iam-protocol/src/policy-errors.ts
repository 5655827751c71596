import type { MalformedPolicyDocument } from '@keywarden/identity-service';
import { assertNever } from '@keywarden/kernel';

type Because = MalformedPolicyDocument['because'];
type Grammar = Extract<Because, { code: 'Grammar' }>['refusal'];

/** What is wrong with a policy document. AWS's words where they are known, short ones of ours elsewhere. */
export function policyFault(because: Because): string {
  switch (because.code) {
    case 'Grammar':
      return grammarFault(because.refusal);
    case 'CharactersNotAllowed':
      return 'The policy contains characters that are not allowed.';
    case 'ResourceNotAllowed':
      return 'Has prohibited field Resource';
    case 'NotPrincipalNotAllowed':
      return 'Has prohibited field NotPrincipal';
    case 'ActionNotAllowed':
      return 'AssumeRole policy may only specify STS AssumeRole actions.';
    case 'PrincipalUnknown':
      return `Invalid principal in policy: "AWS":"${because.principal}"`;
    default:
      return assertNever(because);
  }
}

function grammarFault(refusal: Grammar): string {
  switch (refusal.code) {
    case 'InvalidJson':
      return 'This policy contains invalid Json';
    case 'DocumentTooLarge':
      return `The policy is longer than ${refusal.maxBytes} bytes.`;
    case 'MissingElement':
      return `Missing required field ${refusal.element}`;
    case 'ElementNotAllowed':
      return refusal.element === 'Principal'
        ? 'Policy document should not specify a principal.'
        : `Has prohibited field ${refusal.element}`;
    case 'InvalidVersion':
      return 'The policy must contain a valid version string';
    case 'InvalidEffect':
      return `Invalid effect: ${refusal.value}`;
    case 'DuplicateSid':
      return 'Statement IDs (SID) in a single policy must be unique.';
    default:
      // The place is one in the caller's own document.
      return `Syntax errors in policy. (${refusal.code}${'at' in refusal && refusal.at !== '' ? ` at ${refusal.at}` : ''})`;
  }
}
