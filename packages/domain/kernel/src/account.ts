import type { Brand } from './brand';

/** Twelve decimal digits. */
export type AccountId = Brand<string, 'AccountId'>;

/** A Region name such as `eu-central-1`. */
export type Region = Brand<string, 'Region'>;

/** Where a key, an alias or a request lives: one account in one Region. */
export interface Tenancy {
  readonly account: AccountId;
  readonly region: Region;
}

const accountPattern = /^[0-9]{12}$/;
const regionPattern = /^([a-z]+-){2,3}[0-9]+$/;

export function parseAccountId(text: string): AccountId | undefined {
  return accountPattern.test(text) ? (text as AccountId) : undefined;
}

/** The pattern is the one of PrimaryRegion in the service model. */
export function parseRegion(text: string): Region | undefined {
  return text.length <= 32 && regionPattern.test(text) ? (text as Region) : undefined;
}

/** The AWS partition a Region belongs to, as ARNs spell it. */
export function partitionOf(region: Region): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}
