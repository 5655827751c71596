import { instant } from '@keywarden/kernel';
import { aKmsKey } from '@keywarden/keys/testing';
import {
  type DestinationName,
  type EventDestination,
  type WebhookDestination,
  parseDestinationName,
} from '../event-destination';

export const aName = (text: string): DestinationName => parseDestinationName(text)!;

export function aWebhook(name = 'watch', url = 'https://receiver.test/'): WebhookDestination {
  const secrets = [{ wrapped: Uint8Array.of(1, 2, 255), region: aKmsKey().region }];
  return { kind: 'webhook', name: aName(name), url, secrets, createdAt: instant(1) };
}

export function aRedisStream(name = 'stream'): EventDestination {
  return { kind: 'redis-stream', name: aName(name), stream: 'events', maxLength: 1_000, createdAt: instant(2) };
}
