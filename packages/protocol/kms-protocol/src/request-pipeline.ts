import {
  type Codec,
  type DenialFloor,
  type WireError,
  type WireRefusal,
  compile,
  isAwsJson,
  parseTarget,
  structure,
  validationMessage,
} from '@keywarden/aws-json';
import { type AuditTrail, AuditUnavailable, RequestNotes } from '@keywarden/audit';
import type { Caller } from '@keywarden/identity';
import { type Clock, type Instant, Memo, type Region, type Result, SecretBytes } from '@keywarden/kernel';
import type { RequestContext } from '@keywarden/key-service';
import { type SigV4Verifier, type Verification, claimedAccessKeyId, describeSigV4Refusal } from '@keywarden/sigv4';
import { type AddressLimiter, type MeteredCommand, RequestAdmission, type RequestQuotas } from '@keywarden/quotas';
import type { JsonService, RequestMeter } from './json-service';
import { errorAnswer, successAnswer } from './wire-answer';
import type { WireAnswer, WireRequest } from './wire-request';
import { requestQuotaSpent } from './wire-errors';

/** Told of every answer once it stands; for metrics and logs. */
export type Observer = (outcome: {
  readonly operation: string | undefined;
  readonly requestId: string;
  readonly errorType: string | undefined;
  /** With its fractions, of a clock that never goes back. */
  readonly durationMs: number;
}) => void;

/** A fault: something broke that no caller is to blame for. */
export type FaultLog = (requestId: string, operation: string | undefined, fault: unknown) => void;

interface CompiledOperation {
  readonly name: string;
  readonly input: Codec<unknown>;
  readonly output: Codec<unknown> | undefined;
  readonly handle:
    ((context: RequestContext, command: unknown) => Promise<Result<unknown, { readonly code: string }>>) | undefined;
}

export interface RequestPipelineOptions {
  readonly service: JsonService;
  readonly verifier: SigV4Verifier<Caller>;
  readonly clock: Clock;
  /** Absent only where no records are kept. */
  readonly audit?: AuditTrail;
  /** Absent: requests are not counted. */
  readonly quotas?: RequestQuotas;
  /** Absent: denials leave as soon as they stand. */
  readonly denials?: DenialFloor;
  /** Absent: those whom nobody vouches for are not limited. */
  readonly addresses?: AddressLimiter;
  readonly observe: Observer;
  readonly logFault: FaultLog;
}

/** How a call ended: the bytes of the answer and what they were made of, or an error. */
type Outcome =
  { readonly body: Uint8Array; readonly answer: unknown; readonly error?: undefined } | { readonly error: WireError };

/** A call whose signature holds. */
interface SignedCall {
  readonly operation: CompiledOperation;
  readonly request: WireRequest;
  readonly context: RequestContext;
  /** Absent where requests are not counted, and for calls that were not signed. */
  readonly meter?: RequestMeter | undefined;
}

/**
 * Every operation goes through here, in this order: known operation, verified signature, request quota, checked
 * parameters, and then the handler, which finds the key, decides and acts. Whatever is refused early has had no effect.
 * From the signature on every call is counted and recorded, however it ends, before its answer leaves. The quota of an
 * operation that has one for each kind of key is spent when the caller was found to be allowed to use the key.
 */
export class RequestPipeline {
  readonly #options: RequestPipelineOptions;
  readonly #operations: ReadonlyMap<string, CompiledOperation>;
  /** By what stands in X-Amz-Target; null for what names none. */
  readonly #named = new Memo((target) => this.#operationNamed(target), 256, 128);

  constructor(options: RequestPipelineOptions) {
    this.#options = options;
    this.#operations = new Map(
      Object.keys(options.service.shapes).map((name) => [name, compiled(name, options.service)]),
    );
  }

  /** Never rejects: a fault becomes an error of the service, its detail goes to the log. */
  async handle(request: WireRequest): Promise<WireAnswer> {
    const { clock, observe } = this.#options;
    const { requestId } = request;
    const started = performance.now();
    const operation = this.#operationOf(request);
    let outcome: Outcome;
    try {
      outcome = operation === undefined ? unknownOperation : await this.#run(request, operation);
    } catch (fault) {
      outcome = this.#faulted(request, operation, fault);
    }
    const { error } = outcome;
    const durationMs = performance.now() - started;
    observe({ operation: operation?.name, requestId, errorType: error?.type, durationMs });
    if (error?.type === 'AccessDeniedException') await this.#options.denials?.reached(started);
    const now = clock.now();
    return error === undefined ? successAnswer(requestId, now, outcome.body) : errorAnswer(requestId, now, error);
  }

  #operationOf({ method, target, headers }: WireRequest): CompiledOperation | undefined {
    if (method !== 'POST' || (target !== '/' && !target.startsWith('/?'))) return undefined;
    if (!isAwsJson(headerValue(headers, 'content-type'))) return undefined;
    return this.#named.of(headerValue(headers, 'x-amz-target') ?? '') ?? undefined;
  }

  #operationNamed(target: string): CompiledOperation | null {
    const named = parseTarget(target);
    if (named === undefined || !this.#options.service.targetPrefixes.includes(named.prefix)) return null;
    return this.#operations.get(named.operation) ?? null;
  }

  #faulted({ requestId }: WireRequest, operation: CompiledOperation | undefined, fault: unknown): Outcome {
    // The trail itself tells of its outage, once: not every call that meets it.
    const unrecorded = fault instanceof AuditUnavailable;
    if (!unrecorded) this.#options.logFault(requestId, operation?.name, fault);
    return { error: { type: this.#options.service.fault, message: unrecorded ? notRecorded : internalError } };
  }

  async #run(request: WireRequest, operation: CompiledOperation): Promise<Outcome> {
    const now = this.#options.clock.now();
    const { addresses } = this.#options;
    const claimed = addresses && claimedAccessKeyId(request.headers);
    if (addresses?.admits(request.remoteAddress, claimed) === false) return { error: requestQuotaSpent };
    const pending = this.#options.verifier.verify(request, now);
    const verified: Verification<Caller> = pending instanceof Promise ? await pending : pending;
    if (!verified.ok) {
      addresses?.failed(request.remoteAddress, claimed);
      return this.#unsigned(request, operation, verified.refusal, now);
    }
    const { principal, region, accessKeyId } = verified.value;
    addresses?.succeeded(request.remoteAddress, accessKeyId);
    // The verifier accepts the scopes of configured Regions alone.
    const tenancy = { account: principal.account, region: region as Region };
    const { quotas, service } = this.#options;
    const meter = quotas && service.meter(quotas, tenancy, operation.name);
    const admission = meter instanceof RequestAdmission ? meter : undefined;
    const context = contextOf(request, principal, region, now, admission);
    const call = { operation, request, context, meter };
    // INVARIANT: what cannot be recorded does not happen.
    this.#options.audit?.assertOpen();
    const admitted = meter?.start() ?? true;
    if (!(typeof admitted === 'boolean' ? admitted : await admitted)) {
      return this.#recorded(call, undefined, { error: requestQuotaSpent });
    }
    const command = operation.input.decode(request.body);
    if (!command.ok) {
      const outcome = { error: unreadable(command.refusal) };
      return this.#recorded(call, undefined, await countedFailure(meter, outcome));
    }
    try {
      const carriedOut = await this.#carryOut(call, command.value);
      const outcome = carriedOut.error === undefined ? carriedOut : await countedFailure(meter, carriedOut);
      await this.#record(call, command.value, outcome);
      return outcome;
    } finally {
      wipeSecrets(command.value);
    }
  }

  /** A fault is an outcome too: it is recorded like any other. */
  async #carryOut({ request, operation, context, meter }: SignedCall, command: unknown): Promise<Outcome> {
    if (operation.handle === undefined) return { error: notAvailable(operation) };
    try {
      const admitted = meter?.ofCommand(command as MeteredCommand) ?? true;
      if (!(typeof admitted === 'boolean' ? admitted : await admitted)) return { error: requestQuotaSpent };
      const result = await operation.handle(context, command);
      if (!result.ok) return { error: this.#options.service.errorOf(result.refusal) };
      const { value: answer } = result;
      const body = operation.output === undefined ? emptyBody : operation.output.encode(answer);
      wipeSecrets(answer);
      return { body, answer };
    } catch (fault) {
      return this.#faulted(request, operation, fault);
    }
  }

  /** Only who names an access key that is there is on record: what anybody can send does not fill the store. */
  async #unsigned(
    request: WireRequest,
    operation: CompiledOperation,
    { claimed, ...refusal }: Refused,
    now: Instant,
  ): Promise<Outcome> {
    const { code, message } = describeSigV4Refusal(refusal);
    const outcome: Outcome = { error: { type: code, message } };
    if (claimed === undefined) return outcome;
    const call = { operation, request, context: contextOf(request, claimed.principal, claimed.region, now) };
    return this.#recorded(call, undefined, outcome, false);
  }

  /** INVARIANT: no answer to a call on record leaves before its record is durable. */
  async #recorded(call: SignedCall, command: unknown, outcome: Outcome, authenticated = true): Promise<Outcome> {
    await this.#record(call, command, outcome, authenticated);
    return outcome;
  }

  /** @returns undefined only where no records are kept */
  #record(call: SignedCall, command: unknown, outcome: Outcome, authenticated = true): Promise<void> | undefined {
    const { operation, request, context } = call;
    return this.#options.audit?.record({
      service: this.#options.service.name,
      operation: operation.name,
      requestId: context.requestId,
      region: context.region,
      caller: context.caller,
      authenticated,
      origin: {
        sourceIp: context.sourceIp,
        userAgent: context.userAgent,
        host: headerValue(request.headers, 'host'),
        tls: request.tls,
      },
      command,
      answer: outcome.error === undefined ? outcome.answer : undefined,
      error: outcome.error,
      notes: context.notes,
    });
  }
}

type Writable<T> = { -readonly [N in keyof T]: T[N] };
type Refused = Extract<Verification<Caller>, { readonly ok: false }>['refusal'];

const notRecorded = 'The request could not be recorded in the audit trail. Try again later.';
const internalError = 'The request failed because of an internal error.';
const unknownOperation: Outcome = { error: { type: 'UnknownOperationException' } };

function contextOf(
  request: WireRequest,
  caller: Caller,
  region: string,
  now: Instant,
  admission?: RequestAdmission,
): RequestContext {
  const context: Writable<RequestContext> = {
    caller,
    // The verifier accepts the scopes of configured Regions alone.
    region: region as Region,
    now,
    requestId: request.requestId,
    sourceIp: request.remoteAddress,
    secureTransport: request.secure,
    userAgent: headerValue(request.headers, 'user-agent'),
    notes: new RequestNotes(),
  };
  if (admission !== undefined) context.admission = admission;
  return context;
}

/** A request that failed before its bucket was known counts too, and learns first of all that its quota is spent. */
async function countedFailure(meter: RequestMeter | undefined, outcome: Outcome): Promise<Outcome> {
  if (outcome.error === undefined || meter === undefined) return outcome;
  const admitted = meter.unattributed();
  return (typeof admitted === 'boolean' ? admitted : await admitted) ? outcome : { error: requestQuotaSpent };
}

function unreadable(refusal: WireRefusal): WireError {
  return refusal.code === 'SerializationFailed'
    ? { type: 'SerializationException', message: refusal.message, messageMember: 'Message' }
    : { type: 'ValidationException', message: validationMessage(refusal.violations) };
}

function notAvailable({ name }: CompiledOperation): WireError {
  return { type: 'UnsupportedOperationException', message: `${name} is not available in this release.` };
}

const emptyBody = new Uint8Array(0);

/** Secrets stand at the top of commands and answers; once an answer is encoded nobody needs them any more. */
function wipeSecrets(members: unknown): void {
  if (typeof members !== 'object' || members === null) return;
  for (const name in members) {
    const value = (members as Readonly<Record<string, unknown>>)[name];
    if (value instanceof SecretBytes) value[Symbol.dispose]();
  }
}

function compiled(name: string, { shapes, handlers }: JsonService): CompiledOperation {
  const { input, output } = shapes[name] ?? { input: structure({}) };
  return {
    name,
    input: compile(input),
    output: output && (compile(output) as Codec<unknown>),
    // A handler takes the command of its own operation; the tables pair them, which the compiler cannot follow here.
    handle: handlers[name] as CompiledOperation['handle'],
  };
}

/** The value of a header that stands once; a repeated one has no value here and is refused with the signature. */
function headerValue(headers: WireRequest['headers'], name: string): string | undefined {
  let found: string | undefined;
  for (const header of headers) {
    const given = header[0];
    if (given.length !== name.length || given.toLowerCase() !== name) continue;
    if (found !== undefined) return undefined;
    found = header[1];
  }
  return found;
}
