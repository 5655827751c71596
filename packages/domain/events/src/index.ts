export { type KeyEvent, type KeyEventFacts, type KeyEventType, keyEvent } from './key-event';
export { eventsOfKeyChange } from './events-of-key-change';
export { type EventDetails, type RecordedEvent, detailsOf, isoOf, keyEventTypes } from './event-details';
export { type CloudEvent, type EventBridgeEnvelope, cloudEvent, eventBridgeEnvelope } from './cloud-event';
export { type Happening, aliasMoved, aliasOfKey, grantOfKey, warningOfKey } from './related-events';
export { type BackOff, retryAt } from './delivery-schedule';
export type { EventLog, EventQuery } from './event-log';
