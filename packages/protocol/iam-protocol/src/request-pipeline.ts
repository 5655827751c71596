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
import type { Caller } from '@keywarden/identity';
import type { Clock, Instant, Region } from '@keywarden/kernel';
import type { SigV4Verifier, Verification } from '@keywarden/sigv4';
import { ActionTable, type CompiledAction } from './action-table';
import { toQueryError } from './query-errors';
import type { QueryHandlers, SignedContext, UnsignedContext } from './query-handlers';
import { type QueryService, faultNamespace, queryServices } from './query-services';
import type { Action } from './shapes/action-shapes';
import { signatureError } from './sigv4-errors';
import { type WireAnswer, type WireRequest, headerValue } from './wire-request';

/** Told of every answer once it stands; for metrics and logs. */
export type QueryObserver = (outcome: {
  readonly operation: Action | undefined;
  readonly requestId: string;
  readonly errorType: string | undefined;
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
  readonly observe: QueryObserver;
  readonly logFault: QueryFaultLog;
}

interface Selected {
  readonly form: Form;
  readonly action: CompiledAction;
}

/** The XML of a result; undefined for an action that answers nothing. */
type Outcome = { readonly result: string | undefined } | { readonly error: QueryError };

/**
 * Every action goes through here, in this order: a form with a known action, verified signature, checked parameters, and
 * then the handler. Whatever is refused early has had no effect.
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
    const { clock, observe, logFault } = this.#options;
    const { requestId } = request;
    const started = clock.now();
    const selected = this.#select(request);
    const action = 'action' in selected ? selected.action : undefined;
    let outcome: Outcome;
    try {
      outcome = 'action' in selected ? await this.#run(request, selected) : selected;
    } catch (fault) {
      logFault(requestId, action?.name, fault);
      outcome = { error: internalFault(action) };
    }
    const errorType = 'error' in outcome ? outcome.error.code : undefined;
    const now = clock.now();
    observe({ operation: action?.name, requestId, errorType, durationMs: now - started });
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

  async #run(request: WireRequest, { form, action }: Selected): Promise<Outcome> {
    const now = this.#options.clock.now();
    const context = action.signed
      ? await this.#signedContext(request, action.service, now)
      : unsignedContext(request, this.#options.homeRegion, now);
    if ('error' in context) return context;
    const command = action.input.decode(form);
    if (!command.ok) return { error: errorOfRefusal(command.refusal) };
    if (action.handle === undefined) return { error: notAvailable(action) };
    const result = await action.handle(context, command.value);
    if (!result.ok) return { error: toQueryError(result.refusal, action.name) };
    return { result: action.output?.(result.value) };
  }

  async #signedContext(
    request: WireRequest,
    service: QueryService,
    now: Instant,
  ): Promise<SignedContext | { readonly error: QueryError }> {
    const verified: Verification<Caller> = await this.#options.verifiers[service].verify(request, now);
    if (!verified.ok) return { error: signatureError(verified.refusal) };
    const { principal: caller, region, service: signedFor } = verified.value;
    // INVARIANT: a signature for one service is never taken for another.
    if (signedFor !== service) throw new Error(`the verifier of ${service} accepted a signature for ${signedFor}`);
    // The verifier accepts the scopes of known Regions alone.
    return { ...unsignedContext(request, region as Region, now), caller };
  }
}

function unsignedContext(request: WireRequest, region: Region, now: Instant): UnsignedContext {
  return {
    region,
    now,
    requestId: request.requestId,
    sourceIp: request.remoteAddress,
    secureTransport: request.secure,
    userAgent: headerValue(request.headers, 'user-agent'),
  };
}

function wireAnswer(requestId: string, now: Instant, action: CompiledAction | undefined, outcome: Outcome): WireAnswer {
  const headers = answerHeaders(requestId, new Date(now));
  const namespace = action === undefined ? faultNamespace : queryServices[action.service].namespace;
  const envelope = { namespace, requestId };
  if ('error' in outcome) return { status: outcome.error.status, headers, body: errorBody(outcome.error, envelope) };
  return { status: 200, headers, body: answerBody(action?.name ?? '', outcome.result, envelope) };
}

const notAForm: QueryError = {
  code: 'InvalidAction',
  message: 'Actions are sent as a form, by POST to the path /.',
  status: 400,
};

function notAvailable({ name }: CompiledAction): QueryError {
  return { code: 'InvalidAction', message: `${name} is not available in this release.`, status: 400 };
}

function internalFault(action: CompiledAction | undefined): QueryError {
  const code = action === undefined ? 'InternalFailure' : queryServices[action.service].fault;
  return { code, message: 'The request failed because of an internal error.', status: 500 };
}
