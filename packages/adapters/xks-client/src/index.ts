export type { EndpointService } from './proxy-places';
export type { ClientCertificate } from './proxy-transport';
export { XksBackend, type XksBackendOptions } from './xks-backend';
