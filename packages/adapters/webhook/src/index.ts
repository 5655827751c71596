export { WebhookSender, type WebhookSenderOptions } from './webhook-sender';
export { AllowedNetworks } from './allowed-networks';
