export { RemoteKmsError, RemoteKmsProvider, type RemoteKmsOptions } from './remote-kms-provider';
