import type { ContextLookup } from '@keywarden/policy';
import { asciiLowerCase } from './ascii-case';
import { type Asked, type Values, one } from './condition-values';
import { globalConditionKeys } from './global-condition-keys';
import { kmsConditionKeys } from './kms-condition-keys';

/** Condition keys whose names end in a name that the request or the key brings along, in lower case. */
const families: readonly (readonly [prefix: string, values: (asked: Asked, name: string) => Values])[] = [
  ['kms:encryptioncontext:', ({ facts }, name) => valuesNamed(Object.entries(facts.encryptionContext ?? {}), name)],
  ['aws:principaltag/', ({ caller }, name) => valuesNamed(pairsOf(caller.tags), name)],
  ['aws:requesttag/', ({ facts }, name) => valuesNamed(pairsOf(facts.requestTags), name)],
  ['aws:resourcetag/', ({ key }, name) => valuesNamed(pairsOf(key?.tags), name)],
  ['kms:recipientattestation:', measurement],
];

/**
 * What the conditions of policies may know of a request. Values are worked out when they are asked for.
 *
 * @returns values by lower-case condition key
 */
export function conditionContext(asked: Asked): ContextLookup {
  return (key) => {
    const values = kmsConditionKeys.get(key) ?? globalConditionKeys.get(key);
    if (values !== undefined) return values(asked);
    for (const [prefix, valuesOf] of families) {
      if (key.startsWith(prefix)) return valuesOf(asked, key.slice(prefix.length));
    }
    return undefined;
  };
}

/**
 * The names compare without case, so several may answer to one; then a condition that expects one value is undecidable,
 * and nobody gets past it by adding a second spelling.
 */
function valuesNamed(pairs: Iterable<readonly [name: string, value: string]>, wanted: string): Values {
  const values: string[] = [];
  for (const [name, value] of pairs) if (asciiLowerCase(name) === wanted) values.push(value);
  return values;
}

function pairsOf(tags: readonly { readonly key: string; readonly value: string }[] = []): [string, string][] {
  return tags.map(({ key, value }) => [key, value]);
}

/** `imagesha384` and `pcr0` of an enclave, `nitrotpmpcr0` of an instance; in lower-case hexadecimal. */
function measurement({ facts: { recipientAttestation: attested } }: Asked, name: string): Values {
  if (attested === undefined) return undefined;
  const prefix = attested.kind === 'NitroEnclave' ? 'pcr' : 'nitrotpmpcr';
  if (name === 'imagesha384') return attested.kind === 'NitroEnclave' ? one(attested.pcrs.get(0)) : undefined;
  const index = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^(?:0|[1-9][0-9]?)$/.test(index) ? one(attested.pcrs.get(Number(index))) : undefined;
}
