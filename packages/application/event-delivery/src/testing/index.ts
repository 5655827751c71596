export {
  type EventDeliveriesHarness,
  aName,
  aRedisStream,
  aWebhook,
  eventDeliveriesContract,
} from './event-deliveries-contract';
