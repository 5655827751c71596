import type { Spellings } from '@keywarden/aws-query';
import { writtenPolicyDocument } from './shapes/common';

/** What `encodeURIComponent` leaves alone and RFC 3986 reserves. */
const reserved = /[!'()*]/g;

/** Everything but letters, digits and `-._~` as percent escapes of UTF-8, a blank as `%20`. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    reserved,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Policy documents stand in answers percent-encoded; SDKs decode them. */
export const policySpelling: Spellings = new Map([[writtenPolicyDocument, percentEncoded]]);
