export {
  type HttpServer,
  type HttpServerOptions,
  type ServerTls,
  type ServerState,
  createHttpServer,
} from './http-server';
export type { Handle, RawHeaders, RawRequest, RawResponse, TlsDetails } from './raw-message';
export { type HttpLimits, defaultHttpLimits } from './limits';
export type { Readiness } from './health';
export type { HttpServerLog, HttpServerLogFields } from './log';
export { type FaultResponse, type TransportFault, defaultFaultResponse } from './transport-fault';
