export { aName, aRedisStream, aWebhook } from './a-destination';
export { type EventDeliveriesHarness, eventDeliveriesContract } from './event-deliveries-contract';
export { eventDestinationsContract } from './event-destinations-contract';
