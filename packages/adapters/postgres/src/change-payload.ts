import { parseAccountId, parseAliasName, parseCustomKeyStoreId, parseKeyId, parseRegion } from '@keywarden/kernel';
import type { Change } from '@keywarden/keys';

/** A JSON array, below the limit of the table: an alias has at most 256 characters, an access key id 128. */
export function payloadOf(change: Change): string {
  switch (change.kind) {
    case 'key':
      return JSON.stringify(['key', change.name.region, change.name.id]);
    case 'alias':
      return JSON.stringify(['alias', change.tenancy.account, change.tenancy.region, change.alias]);
    case 'accessKey':
      return JSON.stringify(['accessKey', change.accessKeyId]);
    case 'customKeyStore':
      return JSON.stringify(['customKeyStore', change.tenancy.account, change.tenancy.region, change.id]);
    case 'quotas':
      return JSON.stringify(['quotas']);
    case 'principal':
      return JSON.stringify(['principal', change.account, change.principalId]);
  }
}

/** @returns undefined when it is none of ours: another release may announce what this one does not know */
export function changeOf(payload: string): Change | undefined {
  const [kind, ...facts] = partsOf(payload);
  if (kind === 'key') {
    const [region, id] = [parseRegion(facts[0] ?? ''), parseKeyId(facts[1] ?? '')];
    return region && id && { kind, name: { region, id } };
  }
  if (kind === 'alias') {
    const [account, region] = [parseAccountId(facts[0] ?? ''), parseRegion(facts[1] ?? '')];
    const alias = parseAliasName(facts[2] ?? '');
    return account && region && alias && { kind, tenancy: { account, region }, alias };
  }
  if (kind === 'customKeyStore') {
    const [account, region] = [parseAccountId(facts[0] ?? ''), parseRegion(facts[1] ?? '')];
    const id = parseCustomKeyStoreId(facts[2] ?? '');
    return account && region && id && { kind, tenancy: { account, region }, id };
  }
  if (kind === 'principal') {
    const account = parseAccountId(facts[0] ?? '');
    return account && facts[1] !== undefined ? { kind, account, principalId: facts[1] } : undefined;
  }
  if (kind === 'quotas') return { kind };
  return kind === 'accessKey' && facts[0] !== undefined ? { kind, accessKeyId: facts[0] } : undefined;
}

function partsOf(payload: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(payload);
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : [];
  } catch {
    return [];
  }
}
