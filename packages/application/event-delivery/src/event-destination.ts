import type { Brand, Instant, Region, Result } from '@keywarden/kernel';
import { accept, refuse } from '@keywarden/kernel';

/** Lower-case letters, digits and hyphens, 1 to 63. */
export type DestinationName = Brand<string, 'DestinationName'>;

/** A signing secret as it is stored: wrapped under the installation's own domain key of this Region. */
export interface WrappedSecret {
  readonly wrapped: Uint8Array;
  readonly region: Region;
}

interface AnyDestination {
  readonly name: DestinationName;
  readonly createdAt: Instant;
  /** Since when nothing could be delivered; absent after each success. */
  readonly failingSince?: Instant;
}

/** An HTTP endpoint that receives each event as a signed POST. */
export interface WebhookDestination extends AnyDestination {
  readonly kind: 'webhook';
  readonly url: string;
  /** Newest first: one, or two while receivers change from the old to the new one. */
  readonly secrets: readonly WrappedSecret[];
}

/** A stream in Redis that each event is appended to. */
export interface RedisStreamDestination extends AnyDestination {
  readonly kind: 'redis-stream';
  readonly stream: string;
  /** About how many entries the stream keeps, 1,000 to 10,000,000. */
  readonly maxLength: number;
}

export type EventDestination = WebhookDestination | RedisStreamDestination;

/** Every change of a key writes a row for each destination: a bound on them is a bound on that. */
export const mostDestinations = 20;

const namePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
const longestUrl = 2_000;

export function parseDestinationName(text: string): DestinationName | undefined {
  return namePattern.test(text) ? (text as DestinationName) : undefined;
}

export interface UrlNotUsable {
  readonly code: 'UrlNotUsable';
  readonly detail: 'NotUrl' | 'TooLong' | 'Scheme' | 'Credentials' | 'Fragment';
}

/** Credentials would end up in logs and listings; a fragment is never sent. */
export function checkWebhookUrl(text: string): Result<string, UrlNotUsable> {
  const unusable = (detail: UrlNotUsable['detail']) => refuse({ code: 'UrlNotUsable', detail } as const);
  if (text.length > longestUrl) return unusable('TooLong');
  if (!URL.canParse(text)) return unusable('NotUrl');
  const { protocol, username, password, hash, href } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return unusable('Scheme');
  if (username !== '' || password !== '') return unusable('Credentials');
  return hash === '' ? accept(href) : unusable('Fragment');
}
