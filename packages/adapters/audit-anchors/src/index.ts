export { FileAnchor } from './file-anchor';
export { WebhookAnchor } from './webhook-anchor';
