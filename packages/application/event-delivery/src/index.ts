export {
  type DestinationName,
  type EventDestination,
  type RedisStreamDestination,
  type UrlNotUsable,
  type WebhookDestination,
  type WrappedSecret,
  checkWebhookUrl,
  mostDestinations,
  parseDestinationName,
} from './event-destination';
export type {
  DestinationExists,
  DestinationNotFound,
  EventDestinations,
  TooManyDestinations,
} from './event-destinations';
export type {
  ClaimTerms,
  ClaimedDelivery,
  DestinationBacklog,
  EventDeliveries,
  EventDelivery,
  GivenUpDelivery,
  GivenUpQuery,
} from './event-deliveries';
export type { EventBatch, EventSender, EventSenders, SendOutcome } from './event-sender';
export { EventRelay, type RelayOptions, type RoundReport } from './event-relay';
export { type RelayPause, type RelayReport, type RunRelayOptions, runRelay } from './run-relay';
export {
  DestinationAdministration,
  type NewSecret,
  type NotAWebhook,
  type SecretChangeUnderWay,
  type SecretNotUsable,
} from './destination-administration';
export { type SignedMessage, type WebhookSecrets, webhookSecretPlace } from './webhook-secrets';
