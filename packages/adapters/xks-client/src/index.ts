export { type EndpointService, XksBackend, type XksBackendOptions } from './xks-backend';
