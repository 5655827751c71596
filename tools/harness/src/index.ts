export {
  type Keywarden,
  type KeywardenApp,
  type KeywardenOptions,
  freePort,
  harnessAccount,
  readCredentialsFile,
  runKeywarden,
  startKeywarden,
} from './start-keywarden';
export { type Ended, answered, keywarden } from './run-command';
export { type Scraped, scrapeOf } from './scrape';
export { type ReceivedEvent, WebhookReceiver } from './webhook-receiver';
