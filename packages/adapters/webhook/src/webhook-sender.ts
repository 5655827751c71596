import type { SecretWrapping } from '@keywarden/crypto';
import {
  type EventBatch,
  type EventSender,
  type SendOutcome,
  type SignedMessage,
  type WebhookDestination,
  type WebhookSecrets,
  webhookSecretPlace,
} from '@keywarden/event-delivery';
import { cloudEvent } from '@keywarden/events';
import type { Clock } from '@keywarden/kernel';
import { AllowedNetworks } from './allowed-networks';
import { Poster } from './post';

export interface WebhookSenderOptions {
  /** Networks that may be reached by plain http, besides the machine itself. */
  readonly httpNetworks?: readonly string[];
  /** For a whole try. Default 10,000. */
  readonly timeoutMs?: number;
  /** Of an answer. Default 65,536. */
  readonly mostAnswerBytes?: number;
}

/**
 * Posts events as CloudEvents 1.0 in structured mode, signed as Standard Webhooks says: with each secret of the
 * destination, so that receivers can change from one to the next.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export class WebhookSender implements EventSender<WebhookDestination> {
  /** Receivers are told one thing at a time. */
  readonly mostAtOnce = 1;
  readonly #secrets: WebhookSecrets;
  readonly #wrapping: SecretWrapping;
  readonly #clock: Clock;
  readonly #poster: Poster;

  constructor(secrets: WebhookSecrets, wrapping: SecretWrapping, clock: Clock, options: WebhookSenderOptions = {}) {
    const { httpNetworks, timeoutMs = 10_000, mostAnswerBytes = 65_536 } = options;
    this.#secrets = secrets;
    this.#wrapping = wrapping;
    this.#clock = clock;
    this.#poster = new Poster({ networks: new AllowedNetworks(httpNetworks), timeoutMs, mostAnswerBytes });
  }

  async send(destination: WebhookDestination, [event]: EventBatch): Promise<SendOutcome> {
    const body = JSON.stringify(cloudEvent(event));
    try {
      const message = { id: event.id, sentAt: this.#clock.now(), body };
      const headers = {
        'Content-Type': 'application/cloudevents+json; charset=utf-8',
        'Content-Length': String(Buffer.byteLength(body)),
        'User-Agent': 'Keywarden',
        'webhook-id': message.id,
        'webhook-timestamp': String(Math.floor(message.sentAt / 1_000)),
        'webhook-signature': await this.#signatures(destination, message),
      };
      const { status, retryAfter } = await this.#poster.post(destination.url, headers, body);
      if (status >= 200 && status < 300) return { delivered: true };
      const retryAfterMs = retryAfter === undefined ? undefined : waitOf(retryAfter, this.#clock.now());
      return { delivered: false, failure: `status ${status}`, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    } catch (fault) {
      return { delivered: false, failure: nameOf(fault) };
    }
  }

  /** Ends the connections that were kept. */
  close(): void {
    this.#poster.close();
  }

  async #signatures({ name, secrets }: WebhookDestination, message: SignedMessage): Promise<string> {
    const signatures: string[] = [];
    for (const { wrapped, region } of secrets) {
      using secret = await this.#wrapping.unwrap(webhookSecretPlace(name, region), wrapped);
      signatures.push(this.#secrets.sign(secret, message));
    }
    return signatures.join(' ');
  }
}

/** Seconds, or a date. @returns milliseconds, undefined when it is neither */
export function waitOf(retryAfter: string, now: number): number | undefined {
  if (/^[0-9]{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The code of a system error, or the name of any other: no message, which may quote what was sent. */
function nameOf(fault: unknown): string {
  if (typeof fault !== 'object' || fault === null) return 'Fault';
  const names = ['code' in fault && fault.code, 'name' in fault && fault.name];
  const name = names.find((one) => typeof one === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(one));
  return typeof name === 'string' ? name : 'Fault';
}
