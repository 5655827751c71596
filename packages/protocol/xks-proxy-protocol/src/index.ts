export { type ProxyHealth, type XksHandlers, xksHandlers } from './xks-handlers';
export { type RequestMetadata, type XksOutcome, XksPipeline, type XksPipelineOptions } from './xks-pipeline';
export type { XksWireAnswer, XksWireRequest } from './xks-wire';
