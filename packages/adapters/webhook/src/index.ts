export { WebhookSender, type WebhookSenderOptions } from './webhook-sender';
export { parseNetworks } from './allowed-networks';
