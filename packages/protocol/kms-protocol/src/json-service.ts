import type { AuditedService } from '@keywarden/audit';
import type { WireError } from '@keywarden/aws-json';
import type { StructureShape } from '@keywarden/aws-json';
import type { Result, Tenancy } from '@keywarden/kernel';
import type { RequestContext } from '@keywarden/key-service';
import type { RequestAdmission, RequestQuotas } from '@keywarden/quotas';
import type { OperationHandlers } from './operations';
import { type OperationName, operationShapes } from './shapes/operation-shapes';
import { toWireError } from './wire-errors';

/** What counts a request. */
export type RequestMeter = Pick<RequestAdmission, 'start' | 'ofCommand' | 'unattributed'>;

export type JsonHandler = (
  context: RequestContext,
  command: never,
) => Promise<Result<unknown, { readonly code: string }>>;

/** One service that speaks AWS JSON 1.1: what the pipeline must know of it. */
export interface JsonService {
  /** Names the service in records. */
  readonly name: AuditedService;
  /** Of `X-Amz-Target`, before the last point; clients of some services differ in it. */
  readonly targetPrefixes: readonly string[];
  readonly shapes: {
    readonly [operation: string]: { readonly input: StructureShape; readonly output?: StructureShape | undefined };
  };
  /** What is missing here is answered as not available. */
  readonly handlers: { readonly [operation: string]: JsonHandler | undefined };
  /** The error for a refusal of one of the handlers. */
  errorOf(refusal: { readonly code: string }): WireError;
  /** Name of the error for a fault. */
  readonly fault: string;
  meter(quotas: RequestQuotas, caller: Tenancy, operation: string): RequestMeter;
}

export function kmsService(handlers: OperationHandlers): JsonService {
  return {
    name: 'kms',
    targetPrefixes: ['TrentService'],
    shapes: operationShapes,
    // A handler takes the command of its own operation; the table pairs them, which the compiler cannot follow here.
    handlers: handlers as JsonService['handlers'],
    // Handlers of KMS refuse with refusals of KMS alone.
    errorOf: (refusal) => toWireError(refusal as Parameters<typeof toWireError>[0]),
    fault: 'KMSInternalException',
    meter: (quotas, caller, operation) => quotas.open(caller, operation as OperationName),
  };
}
