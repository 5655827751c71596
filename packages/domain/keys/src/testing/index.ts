export { aKmsKey } from './a-kms-key';
