import {
  type DestinationName,
  DestinationAdministration,
  type DestinationExists,
  type DestinationNotFound,
  type EventDeliveries,
  type NotAWebhook,
  type SecretChangeUnderWay,
  type SecretNotUsable,
  type TooManyDestinations,
  type UrlNotUsable,
  parseDestinationName,
} from '@keywarden/event-delivery';
import type { EventLog } from '@keywarden/events';
import type { Result } from '@keywarden/kernel';
import { NodeSecretWrapping, NodeWebhookSecrets } from '@keywarden/node-crypto';
import { systemClock } from '@keywarden/runtime';
import { InvalidArgumentError } from 'commander';
import type { Surroundings } from './cli';
import { CommandRefused } from './command-refused';
import { withFoundation } from './with-foundation';

export interface EventParts {
  readonly destinations: DestinationAdministration;
  readonly deliveries: EventDeliveries;
  readonly log: EventLog;
}

/** Lends a command what administers events. @see withFoundation */
export function withEvents<T>(
  environment: Surroundings['environment'],
  work: (parts: EventParts) => Promise<T>,
): Promise<T> {
  return withFoundation(environment, ({ store, domainKeys }, { regions: [homeRegion] }) =>
    work({
      destinations: new DestinationAdministration(
        store.eventDestinations,
        new NodeWebhookSecrets(),
        new NodeSecretWrapping(domainKeys),
        homeRegion,
        systemClock,
      ),
      deliveries: store.eventDeliveries,
      log: store.events,
    }),
  );
}

export function destinationArgument(text: string): DestinationName {
  const name = parseDestinationName(text);
  if (name === undefined) {
    throw new InvalidArgumentError('A destination is 1 to 63 lower-case letters, digits and hyphens.');
  }
  return name;
}

type DestinationRefusal =
  | DestinationExists
  | DestinationNotFound
  | NotAWebhook
  | SecretChangeUnderWay
  | SecretNotUsable
  | TooManyDestinations
  | UrlNotUsable;

/** @throws CommandRefused with the refusal in words */
export function acceptedDestination<T>(result: Result<T, DestinationRefusal>): T {
  if (result.ok) return result.value;
  throw new CommandRefused(inWords(result.refusal));
}

const urlWords: { readonly [D in UrlNotUsable['detail']]: string } = {
  NotUrl: 'the address is not a URL',
  TooLong: 'the address has more than 2,000 characters',
  Scheme: 'the address must begin with https:// or http://',
  Credentials: 'the address must hold no user and no password; receivers check the signature',
  Fragment: 'the address must have no #fragment, which is never sent',
};

function inWords(refusal: DestinationRefusal): string {
  switch (refusal.code) {
    case 'DestinationExists':
      return `the destination ${refusal.name} exists already`;
    case 'DestinationNotFound':
      return `there is no destination ${refusal.name}`;
    case 'NotAWebhook':
      return `the destination ${refusal.name} is no webhook and has no secret`;
    case 'SecretChangeUnderWay':
      return `${refusal.name} has two secrets already; drop the old one first`;
    case 'SecretNotUsable':
      return 'the secret must be whsec_ and 24 to 64 bytes in base64';
    case 'TooManyDestinations':
      return `the limit is reached: at most ${refusal.limit} destinations`;
    case 'UrlNotUsable':
      return urlWords[refusal.detail];
  }
}
