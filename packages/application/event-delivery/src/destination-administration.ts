import type { SecretWrapping } from '@keywarden/crypto';
import { type Clock, type Region, type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import {
  type DestinationName,
  type EventDestination,
  type UrlNotUsable,
  type WebhookDestination,
  type WrappedSecret,
  checkWebhookUrl,
  mostDestinations,
} from './event-destination';
import type {
  DestinationExists,
  DestinationNotFound,
  EventDestinations,
  TooManyDestinations,
} from './event-destinations';
import { type WebhookSecrets, webhookSecretPlace } from './webhook-secrets';

export interface NotAWebhook {
  readonly code: 'NotAWebhook';
  readonly name: DestinationName;
}

/** A change of secrets is under way already: receivers would have to know three. */
export interface SecretChangeUnderWay {
  readonly code: 'SecretChangeUnderWay';
  readonly name: DestinationName;
}

export interface SecretNotUsable {
  readonly code: 'SecretNotUsable';
}

/** A webhook with the secret it signs with now, which is shown this once. */
export interface NewSecret {
  readonly destination: WebhookDestination;
  readonly secret: SecretBytes;
}

/** Where operators say to whom events are told. */
export class DestinationAdministration {
  constructor(
    private readonly destinations: EventDestinations,
    private readonly secrets: WebhookSecrets,
    private readonly wrapping: SecretWrapping,
    private readonly homeRegion: Region,
    private readonly clock: Clock,
  ) {}

  list(): Promise<readonly EventDestination[]> {
    return this.destinations.list();
  }

  /** @param given a secret of the receiver's choosing; a fresh one when absent */
  async addWebhook(
    name: DestinationName,
    url: string,
    given?: SecretBytes,
  ): Promise<Result<NewSecret, UrlNotUsable | SecretNotUsable | DestinationExists | TooManyDestinations>> {
    const checked = checkWebhookUrl(url);
    if (!checked.ok) return checked;
    if (given !== undefined && !this.secrets.usable(given)) return refuse({ code: 'SecretNotUsable' });
    const secret = given ?? this.secrets.fresh();
    const destination: WebhookDestination = {
      kind: 'webhook',
      name,
      url: checked.value,
      secrets: [await this.#wrapped(name, secret)],
      createdAt: this.clock.now(),
    };
    const added = await this.destinations.insert(destination, mostDestinations);
    return added.ok ? accept({ destination, secret }) : added;
  }

  /** Registers the stream unless it is there already. */
  async ensureRedisStream(
    name: DestinationName,
    stream: string,
    maxLength: number,
  ): Promise<Result<void, TooManyDestinations>> {
    const createdAt = this.clock.now();
    const added = await this.destinations.insert(
      { kind: 'redis-stream', name, stream, maxLength, createdAt },
      mostDestinations,
    );
    return added.ok || added.refusal.code === 'DestinationExists' ? accept(undefined) : refuse(added.refusal);
  }

  /** From now on both the new and the old secret sign, until the old one is dropped. */
  async changeSecret(
    name: DestinationName,
  ): Promise<Result<NewSecret, DestinationNotFound | NotAWebhook | SecretChangeUnderWay>> {
    const secret = this.secrets.fresh();
    const wrapped = await this.#wrapped(name, secret);
    const changed = await this.#updateWebhook<SecretChangeUnderWay>(name, (webhook) =>
      webhook.secrets.length > 1
        ? refuse({ code: 'SecretChangeUnderWay', name })
        : accept({ ...webhook, secrets: [wrapped, ...webhook.secrets] }),
    );
    return changed.ok ? accept({ destination: changed.value, secret }) : changed;
  }

  /** Ends a change of secrets. Repeating it changes nothing and succeeds. */
  dropOldSecret(name: DestinationName): Promise<Result<WebhookDestination, DestinationNotFound | NotAWebhook>> {
    return this.#updateWebhook<never>(name, (webhook) => accept({ ...webhook, secrets: webhook.secrets.slice(0, 1) }));
  }

  async remove(name: DestinationName): Promise<Result<void, DestinationNotFound>> {
    return (await this.destinations.remove(name)) ? accept(undefined) : refuse({ code: 'DestinationNotFound', name });
  }

  async #updateWebhook<R>(
    name: DestinationName,
    decide: (webhook: WebhookDestination) => Result<WebhookDestination, R>,
  ): Promise<Result<WebhookDestination, R | DestinationNotFound | NotAWebhook>> {
    let webhook: WebhookDestination | undefined;
    const updated = await this.destinations.update<R | NotAWebhook>(name, (destination) => {
      if (destination.kind !== 'webhook') return refuse({ code: 'NotAWebhook', name });
      const decided = decide(destination);
      if (decided.ok) webhook = decided.value;
      return decided;
    });
    if (!updated.ok) return updated;
    return webhook === undefined ? refuse({ code: 'NotAWebhook', name }) : accept(webhook);
  }

  async #wrapped(name: DestinationName, secret: SecretBytes): Promise<WrappedSecret> {
    const region = this.homeRegion;
    return { wrapped: await this.wrapping.wrap(webhookSecretPlace(name, region), secret), region };
  }
}
