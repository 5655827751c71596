import type { DenialFloor } from '@keywarden/aws-json';
import {
  type Form,
  type QueryError,
  answerBody,
  answerHeaders,
  errorBody,
  errorOfRefusal,
  isForm,
  parseForm,
  unknownAction,
} from '@keywarden/aws-query';
import { type AuditTrail, AuditUnavailable, RequestNotes } from '@keywarden/audit';
import type { Caller } from '@keywarden/identity';
import type { Clock, Instant, Region } from '@keywarden/kernel';
import type { AddressLimiter, RequestQuotas } from '@keywarden/quotas';
import { type SigV4Verifier, type Verification, claimedAccessKeyId } from '@keywarden/sigv4';
import { ActionTable, type CompiledAction } from './action-table';
import { toQueryError } from './query-errors';
import type { QueryHandlers, SignedContext, UnsignedContext } from './query-handlers';
import { type QueryService, faultNamespace, queryServices } from './query-services';
import type { Action } from './shapes/action-shapes';
import { signatureError } from './sigv4-errors';
import { type WireAnswer, type WireRequest, headerValue } from './wire-request';

/** Told of every answer once it stands; for metrics and logs. */
export type QueryObserver = (outcome: {
  readonly service: QueryService | undefined;
  readonly operation: Action | undefined;
  readonly requestId: string;
  readonly errorType: string | undefined;
  /** With its fractions, of a clock that never goes back. */
  readonly durationMs: number;
}) => void;

/** A fault: something broke that no caller is to blame for. */
export type QueryFaultLog = (requestId: string, operation: Action | undefined, fault: unknown) => void;

export interface QueryPipelineOptions {
  readonly handlers: QueryHandlers;
  /** One for each service, which accepts signatures for this service alone; see `acceptedScopes`. */
  readonly verifiers: { readonly [S in QueryService]: SigV4Verifier<Caller> };
  /** The Region of requests that nobody signed. */
  readonly homeRegion: Region;
  readonly clock: Clock;
  /** Absent only where no records are kept. */
  readonly audit?: AuditTrail;
  /** Absent: requests are not counted. */
  readonly quotas?: RequestQuotas;
  /** Absent: denials leave as soon as they stand. */
  readonly denials?: DenialFloor;
  /** Absent: those whom nobody vouches for are not limited. */
  readonly addresses?: AddressLimiter;
  readonly observe: QueryObserver;
  readonly logFault: QueryFaultLog;
}

interface Selected {
  readonly form: Form;
  readonly action: CompiledAction;
}

/** The XML of a result; undefined for an action that answers nothing. */
type Outcome =
  | { readonly result: string | undefined; readonly answer: unknown; readonly error?: undefined }
  | { readonly error: QueryError };

/** A call whose signature holds, or one that needs none. */
interface KnownCall {
  readonly action: CompiledAction;
  readonly request: WireRequest;
  readonly context: SignedContext | UnsignedContext;
}

/**
 * Every action goes through here, in this order: a form with a known action, verified signature, request quota, checked
 * parameters, and then the handler. Whatever is refused early has had no effect. Every call whose caller is known is recorded, however it
 * ends, before its answer leaves.
 */
export class QueryPipeline {
  readonly #options: QueryPipelineOptions;
  readonly #actions: ActionTable;

  constructor(options: QueryPipelineOptions) {
    this.#options = options;
    this.#actions = new ActionTable(options.handlers);
  }

  /** Never rejects: a fault becomes an error of the server, its detail goes to the log. */
  async handle(request: WireRequest): Promise<WireAnswer> {
    const { clock, observe } = this.#options;
    const { requestId } = request;
    const started = performance.now();
    const selected = this.#select(request);
    const action = 'action' in selected ? selected.action : undefined;
    let outcome: Outcome;
    try {
      outcome = 'action' in selected ? await this.#run(request, selected) : selected;
    } catch (fault) {
      outcome = this.#faulted(request, action, fault);
    }
    const durationMs = performance.now() - started;
    const errorType = outcome.error?.code;
    observe({ service: action?.service, operation: action?.name, requestId, errorType, durationMs });
    if (errorType === 'AccessDenied') await this.#options.denials?.reached(started);
    const now = clock.now();
    return wireAnswer(requestId, now, action, outcome);
  }

  #select({ method, target, headers, body }: WireRequest): Selected | { readonly error: QueryError } {
    const posted = method === 'POST' && (target === '/' || target.startsWith('/?'));
    if (!posted || !isForm(headerValue(headers, 'content-type'))) return { error: notAForm };
    const parsed = parseForm(body);
    if (!parsed.ok) return { error: errorOfRefusal(parsed.refusal) };
    const form = parsed.value;
    const [name, version] = [form.get('Action'), form.get('Version')];
    const action = this.#actions.find(name ?? '', version ?? '');
    return action === undefined ? { error: unknownAction(name, version) } : { form, action };
  }

  #faulted({ requestId }: WireRequest, action: CompiledAction | undefined, fault: unknown): Outcome {
    // The trail itself tells of its outage, once: not every call that meets it.
    const unrecorded = fault instanceof AuditUnavailable;
    if (!unrecorded) this.#options.logFault(requestId, action?.name, fault);
    return { error: internalFault(action, unrecorded ? notRecorded : internalError) };
  }

  async #run(request: WireRequest, { form, action }: Selected): Promise<Outcome> {
    const now = this.#options.clock.now();
    const { addresses } = this.#options;
    const claimed = addresses && action.signed ? claimedAccessKeyId(request.headers) : undefined;
    if (addresses?.admits(request.remoteAddress, claimed) === false) return { error: quotaSpent };
    // What needs no signature costs its address as much as a failure: its token is a signature to be verified too.
    if (!action.signed) addresses?.failed(request.remoteAddress, undefined);
    const identified = action.signed
      ? await this.#signedContext(request, action, now)
      : { context: contextOf(request, this.#options.homeRegion, now) };
    if ('error' in identified) return identified;
    const call = { action, request, context: identified.context };
    // INVARIANT: what cannot be recorded does not happen.
    this.#options.audit?.assertOpen();
    if (!(await this.#admitted(call))) return this.#recorded(call, undefined, { error: quotaSpent });
    const command = action.input.decode(form);
    if (!command.ok) return this.#recorded(call, undefined, { error: errorOfRefusal(command.refusal) });
    return this.#recorded(call, command.value, await this.#carryOut(call, command.value));
  }

  /** Whom nobody signs for has no account to count for: of those the addresses are limited. */
  async #admitted({ action: { service, name }, context }: KnownCall): Promise<boolean> {
    const { quotas } = this.#options;
    if (quotas === undefined || !('caller' in context)) return true;
    const { caller, region } = context;
    return quotas.spend({ account: caller.account, region }, service === 'sts' ? 'sts' : iamQuota(name));
  }

  /** A fault is an outcome too: it is recorded like any other. */
  async #carryOut({ action, request, context }: KnownCall, command: unknown): Promise<Outcome> {
    if (action.handle === undefined) return { error: notAvailable(action) };
    try {
      const result = await action.handle(context, command);
      if (!result.ok) return { error: toQueryError(result.refusal, action.name) };
      return { result: action.output?.(result.value), answer: result.value };
    } catch (fault) {
      return this.#faulted(request, action, fault);
    }
  }

  async #signedContext(
    request: WireRequest,
    action: CompiledAction,
    now: Instant,
  ): Promise<{ readonly context: SignedContext } | { readonly error: QueryError }> {
    const { service } = action;
    const verified: Verification<Caller> = await this.#options.verifiers[service].verify(request, now);
    const { addresses } = this.#options;
    if (!verified.ok) {
      addresses?.failed(request.remoteAddress, claimedAccessKeyId(request.headers));
      return this.#unsigned(request, action, verified.refusal, now);
    }
    const { principal: caller, region, service: signedFor, accessKeyId } = verified.value;
    addresses?.succeeded(request.remoteAddress, accessKeyId);
    // INVARIANT: a signature for one service is never taken for another.
    if (signedFor !== service) throw new Error(`the verifier of ${service} accepted a signature for ${signedFor}`);
    // The verifier accepts the scopes of known Regions alone.
    return { context: { ...contextOf(request, region as Region, now), caller } };
  }

  /** Only who names an access key that is there is on record: what anybody can send does not fill the store. */
  async #unsigned(
    request: WireRequest,
    action: CompiledAction,
    { claimed, ...refusal }: Refused,
    now: Instant,
  ): Promise<{ readonly error: QueryError }> {
    const outcome = { error: signatureError(refusal) };
    if (claimed === undefined) return outcome;
    const context = { ...contextOf(request, claimed.region as Region, now), caller: claimed.principal };
    await this.#recorded({ action, request, context }, undefined, outcome, false);
    return outcome;
  }

  /**
   * INVARIANT: no answer to a call on record leaves before its record is durable. Of the calls that nobody signs those
   * are on record whose token was found genuine.
   */
  async #recorded(call: KnownCall, command: unknown, outcome: Outcome, authenticated = true): Promise<Outcome> {
    const { action, request, context } = call;
    const caller = 'caller' in context ? context.caller : undefined;
    if (caller === undefined && context.notes.webIdentity === undefined) return outcome;
    await this.#options.audit?.record({
      service: action.service,
      operation: action.name,
      requestId: context.requestId,
      region: context.region,
      caller,
      authenticated,
      origin: {
        sourceIp: context.sourceIp,
        userAgent: context.userAgent,
        host: headerValue(request.headers, 'host'),
        tls: request.tls,
      },
      command,
      answer: outcome.error === undefined ? outcome.answer : undefined,
      error: outcome.error && { type: outcome.error.code, message: outcome.error.message },
      notes: context.notes,
    });
    return outcome;
  }
}

type Refused = Extract<Verification<Caller>, { readonly ok: false }>['refusal'];

function contextOf(request: WireRequest, region: Region, now: Instant): UnsignedContext {
  return {
    region,
    now,
    requestId: request.requestId,
    sourceIp: request.remoteAddress,
    secureTransport: request.secure,
    userAgent: headerValue(request.headers, 'user-agent'),
    notes: new RequestNotes(),
  };
}

function wireAnswer(requestId: string, now: Instant, action: CompiledAction | undefined, outcome: Outcome): WireAnswer {
  const headers = answerHeaders(requestId, new Date(now));
  const namespace = action === undefined ? faultNamespace : queryServices[action.service].namespace;
  const envelope = { namespace, requestId };
  if (outcome.error !== undefined)
    return { status: outcome.error.status, headers, body: errorBody(outcome.error, envelope) };
  return { status: 200, headers, body: answerBody(action?.name ?? '', outcome.result, envelope) };
}

const iamQuota = (action: Action): 'iam-read' | 'iam-write' => (/^(Get|List)/.test(action) ? 'iam-read' : 'iam-write');

/** The form that IAM and STS share. */
const quotaSpent: QueryError = { code: 'Throttling', message: 'Rate exceeded', status: 400 };

const notAForm: QueryError = {
  code: 'InvalidAction',
  message: 'Actions are sent as a form, by POST to the path /.',
  status: 400,
};

function notAvailable({ name }: CompiledAction): QueryError {
  return { code: 'InvalidAction', message: `${name} is not available in this release.`, status: 400 };
}

const notRecorded = 'The request could not be recorded in the audit trail. Try again later.';
const internalError = 'The request failed because of an internal error.';

function internalFault(action: CompiledAction | undefined, message: string): QueryError {
  const code = action === undefined ? 'InternalFailure' : queryServices[action.service].fault;
  return { code, message, status: 500 };
}
