import { type AuditTrail, AuditUnavailable, RequestNotes } from '@keywarden/audit';
import { type Codec, compile } from '@keywarden/aws-json';
import type { Caller } from '@keywarden/identity';
import { type Clock, type Instant, type Result, SecretBytes } from '@keywarden/kernel';
import type { RequestContext } from '@keywarden/key-service';
import type { SigV4Verifier } from '@keywarden/sigv4';
import {
  type XksError,
  type XksOperation,
  type XksTarget,
  encodeXksError,
  parseXksTarget,
  xksContentType,
  xksErrors,
  xksOperations,
} from '@keywarden/xks-protocol';
import type { XksStore, XksStoreRepository } from '@keywarden/xks-service';
import type { XksCall, XksHandlers } from './xks-handlers';
import type { XksWireAnswer, XksWireRequest } from './xks-wire';

/** What the KMS elsewhere said of the call behind the request. It is recorded and decides nothing. */
export interface RequestMetadata {
  readonly awsPrincipalArn?: string;
  readonly awsSourceVpc?: string;
  readonly awsSourceVpce?: string;
  readonly kmsKeyArn?: string;
  readonly kmsOperation: string;
  readonly kmsRequestId: string;
  readonly kmsViaService?: string;
}

/** One request as it ended; told once the answer stands. */
export interface XksOutcome {
  readonly requestId: string;
  readonly operation: XksOperation | undefined;
  readonly uriPath: string | undefined;
  readonly externalKeyId: string | undefined;
  /** Present once the signature held and the request could be read. */
  readonly metadata: RequestMetadata | undefined;
  readonly errorName: string | undefined;
  readonly durationMs: number;
}

export interface XksPipelineOptions {
  readonly stores: Pick<XksStoreRepository, 'find'>;
  /** Takes signatures for `kms-xks-proxy` of any Region: it is the one the KMS elsewhere is in. */
  readonly verifier: SigV4Verifier<Caller>;
  readonly handlers: XksHandlers;
  readonly clock: Clock;
  /** Absent only where no records are kept. */
  readonly audit?: AuditTrail;
  readonly observe: (outcome: XksOutcome) => void;
  readonly logFault: (requestId: string, operation: XksOperation | undefined, fault: unknown) => void;
}

interface CompiledOperation {
  readonly input: Codec<{ readonly requestMetadata: RequestMetadata }>;
  readonly output: Codec<unknown>;
  readonly handle: (call: XksCall<never>) => Promise<Result<unknown, XksError>>;
  readonly name: XksOperation;
}

type Ended = { readonly body: Uint8Array } | { readonly error: XksError };

const invalidPath: XksError = { errorName: 'InvalidUriPathException', errorMessage: 'There is nothing at this path.' };
const unauthenticated: XksError = {
  errorName: 'AuthenticationFailedException',
  errorMessage: 'The signature is not one of a credential of this store, or its time is off.',
};
const notRecorded: XksError = {
  errorName: 'DependencyTimeoutException',
  errorMessage: 'The request could not be recorded in the audit trail. Try again later.',
};
const internal: XksError = { errorName: 'InternalException', errorMessage: 'The request failed inside.' };
const unreadable: XksError = { errorName: 'ValidationException', errorMessage: 'A parameter is missing or not valid.' };

/**
 * Every request of the XKS proxy API goes through here, in this order: path, store, signature, parameters, key. What is
 * refused early has had no effect.
 *
 * @see https://github.com/aws/aws-kms-xksproxy-api-spec
 */
export class XksPipeline {
  readonly #options: XksPipelineOptions;
  readonly #operations: ReadonlyMap<XksOperation, CompiledOperation>;

  constructor(options: XksPipelineOptions) {
    this.#options = options;
    this.#operations = new Map(
      Object.entries(xksOperations).map(([name, { input, output }]) => [
        name as XksOperation,
        // Each handler takes the request of its own operation; the table pairs them, which the compiler cannot follow.
        {
          input: compile(input),
          output: compile(output),
          handle: options.handlers[name as XksOperation],
          name,
        } as CompiledOperation,
      ]),
    );
  }

  /** Never rejects. */
  async handle(request: XksWireRequest): Promise<XksWireAnswer> {
    if (request.method !== 'POST') return { status: 405, headers: { Allow: 'POST' }, body: new Uint8Array() };
    const started = performance.now();
    const target = parseXksTarget(request.target);
    const seen: { metadata?: RequestMetadata } = {};
    let ended: Ended;
    try {
      ended = target === undefined ? { error: invalidPath } : await this.#run(request, target, seen);
    } catch (fault) {
      // The trail itself tells of its outage, once: not every call that meets it.
      const unrecorded = fault instanceof AuditUnavailable;
      if (!unrecorded) this.#options.logFault(request.requestId, target?.operation, fault);
      ended = { error: unrecorded ? notRecorded : internal };
    }
    this.#options.observe({
      requestId: request.requestId,
      operation: target?.operation,
      uriPath: target?.uriPath,
      externalKeyId: target?.externalKeyId,
      metadata: seen.metadata,
      errorName: 'error' in ended ? ended.error.errorName : undefined,
      durationMs: performance.now() - started,
    });
    return answerOf(ended);
  }

  async #run(request: XksWireRequest, target: XksTarget, seen: { metadata?: RequestMetadata }): Promise<Ended> {
    const { stores, verifier, clock } = this.#options;
    const store = await stores.find(target.uriPath);
    if (store === undefined) return { error: invalidPath };
    const now = clock.now();
    const verified = await verifier.verify(request, now);
    if (!verified.ok || !isOf(store, verified.value.accessKeyId)) return { error: unauthenticated };
    const operation = this.#operations.get(target.operation);
    if (operation === undefined) return { error: invalidPath };
    // INVARIANT: what cannot be recorded does not happen.
    this.#options.audit?.assertOpen();
    const context = contextOf(request, store, verified.value.principal, now);
    const decoded = operation.input.decode(request.body);
    if (!decoded.ok) return this.#recorded(request, target, context, undefined, { error: unreadable });
    seen.metadata = decoded.value.requestMetadata;
    const { externalKeyId = '' } = target;
    try {
      const ended = await this.#carryOut(operation, { context, store, externalKeyId, request: decoded.value as never });
      return await this.#recorded(request, target, context, seen.metadata, ended);
    } finally {
      wipeSecrets(decoded.value);
    }
  }

  /** A fault is an outcome too: it is recorded like any other. */
  async #carryOut({ handle, output, name }: CompiledOperation, call: XksCall<never>): Promise<Ended> {
    try {
      const result = await handle(call);
      if (!result.ok) return { error: result.refusal };
      const body = output.encode(result.value);
      wipeSecrets(result.value);
      return { body };
    } catch (fault) {
      this.#options.logFault(call.context.requestId, name, fault);
      return { error: internal };
    }
  }

  /** INVARIANT: no answer to a call on record leaves before its record is durable. */
  async #recorded(
    { headers }: XksWireRequest,
    { uriPath, operation, externalKeyId }: XksTarget,
    { requestId, region, caller, sourceIp, notes }: RequestContext,
    requestMetadata: RequestMetadata | undefined,
    ended: Ended,
  ): Promise<Ended> {
    const error = 'error' in ended ? ended.error : undefined;
    const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
    await this.#options.audit?.record({
      service: 'kms-xks-proxy',
      operation,
      requestId,
      region,
      caller,
      authenticated: true,
      origin: { sourceIp, userAgent: undefined, host, tls: undefined },
      command: requestMetadata && { uriPath, externalKeyId, requestMetadata },
      answer: undefined,
      error: error && {
        type: error.errorName,
        ...(error.errorMessage !== undefined && { message: error.errorMessage }),
      },
      notes,
    });
    return ended;
  }
}

function contextOf(request: XksWireRequest, { region }: XksStore, caller: Caller, now: Instant): RequestContext {
  return {
    caller,
    region,
    now,
    requestId: request.requestId,
    sourceIp: request.remoteAddress,
    secureTransport: request.secure,
    userAgent: undefined,
    notes: new RequestNotes(),
  };
}

/** Credentials are each store's own: those of one open no other. */
function isOf({ credentials }: XksStore, accessKeyId: string): boolean {
  return credentials.some((credential) => credential.accessKeyId === accessKeyId);
}

function answerOf(ended: Ended): XksWireAnswer {
  const headers = { 'Content-Type': xksContentType, 'Cache-Control': 'no-store' };
  if (!('error' in ended)) return { status: 200, headers, body: ended.body };
  return { status: xksErrors[ended.error.errorName], headers, body: encodeXksError(ended.error) };
}

function wipeSecrets(members: unknown): void {
  for (const value of Object.values(members ?? {})) if (value instanceof SecretBytes) value[Symbol.dispose]();
}
