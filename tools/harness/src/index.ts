export {
  type Keywarden,
  type KeywardenOptions,
  freePort,
  harnessAccount,
  readCredentialsFile,
  runKeywarden,
  startKeywarden,
} from './start-keywarden';
