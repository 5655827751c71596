import { type Codec, type WireError, compile, isAwsJson, parseTarget, validationMessage } from '@keywarden/aws-json';
import type { Caller } from '@keywarden/identity';
import { type Clock, type Region, type Result, SecretBytes } from '@keywarden/kernel';
import type { Refusal, RequestContext } from '@keywarden/key-service';
import { type SigV4Verifier, type Verification, describeSigV4Refusal } from '@keywarden/sigv4';
import type { OperationHandlers } from './operations';
import { type OperationName, operationShapes } from './shapes/operation-shapes';
import { errorAnswer, successAnswer } from './wire-answer';
import type { WireAnswer, WireRequest } from './wire-request';
import { toWireError } from './wire-errors';

/** Told of every answer once it stands; for metrics and logs. */
export type Observer = (outcome: {
  readonly operation: OperationName | undefined;
  readonly requestId: string;
  readonly errorType: string | undefined;
  readonly durationMs: number;
}) => void;

/** A fault: something broke that no caller is to blame for. */
export type FaultLog = (requestId: string, operation: OperationName | undefined, fault: unknown) => void;

interface CompiledOperation {
  readonly name: OperationName;
  readonly input: Codec<unknown>;
  readonly output: Codec<unknown> | undefined;
  readonly handle: ((context: RequestContext, command: unknown) => Promise<Result<unknown, Refusal>>) | undefined;
}

const targetPrefix = 'TrentService';

/**
 * Every operation goes through here, in this order: known operation, verified signature, checked parameters, and then
 * the handler, which finds the key, decides and acts. Whatever is refused early has had no effect.
 */
export class RequestPipeline {
  readonly #operations: ReadonlyMap<string, CompiledOperation>;

  constructor(
    handlers: OperationHandlers,
    private readonly verifier: SigV4Verifier<Caller>,
    private readonly clock: Clock,
    private readonly observe: Observer,
    private readonly logFault: FaultLog,
  ) {
    this.#operations = new Map(
      Object.entries(operationShapes).map(([name, shapes]) => [
        name,
        compiled(name as OperationName, shapes, handlers),
      ]),
    );
  }

  /** Never rejects: a fault becomes KMSInternalException, its detail goes to the log. */
  async handle(request: WireRequest): Promise<WireAnswer> {
    const started = this.clock.now();
    const operation = this.#operationOf(request);
    let outcome: Uint8Array | WireError;
    try {
      outcome = operation === undefined ? { type: 'UnknownOperationException' } : await this.#run(request, operation);
    } catch (fault) {
      this.logFault(request.requestId, operation?.name, fault);
      outcome = { type: 'KMSInternalException', message: 'The request failed because of an internal error.' };
    }
    const errorType = outcome instanceof Uint8Array ? undefined : outcome.type;
    const now = this.clock.now();
    this.observe({ operation: operation?.name, requestId: request.requestId, errorType, durationMs: now - started });
    return outcome instanceof Uint8Array
      ? successAnswer(request.requestId, now, outcome)
      : errorAnswer(request.requestId, now, outcome);
  }

  #operationOf({ method, target, headers }: WireRequest): CompiledOperation | undefined {
    if (method !== 'POST' || (target !== '/' && !target.startsWith('/?'))) return undefined;
    if (!isAwsJson(headerValue(headers, 'content-type'))) return undefined;
    const named = parseTarget(headerValue(headers, 'x-amz-target'));
    return named?.prefix === targetPrefix ? this.#operations.get(named.operation) : undefined;
  }

  async #run(request: WireRequest, operation: CompiledOperation): Promise<Uint8Array | WireError> {
    const now = this.clock.now();
    const pending = this.verifier.verify(request, now);
    const verified: Verification<Caller> = pending instanceof Promise ? await pending : pending;
    if (!verified.ok) {
      const { code, message } = describeSigV4Refusal(verified.refusal);
      return { type: code, message };
    }
    const command = operation.input.decode(request.body);
    if (!command.ok) {
      return command.refusal.code === 'SerializationFailed'
        ? { type: 'SerializationException', message: command.refusal.message, messageMember: 'Message' }
        : { type: 'ValidationException', message: validationMessage(command.refusal.violations) };
    }
    if (operation.handle === undefined) {
      return { type: 'UnsupportedOperationException', message: `${operation.name} is not available in this release.` };
    }
    const context: RequestContext = {
      caller: verified.value.principal,
      // The verifier accepts the scopes of configured Regions alone.
      region: verified.value.region as Region,
      now,
      requestId: request.requestId,
      sourceIp: request.remoteAddress,
      secureTransport: request.secure,
      userAgent: headerValue(request.headers, 'user-agent'),
    };
    try {
      const result = await operation.handle(context, command.value);
      if (!result.ok) return toWireError(result.refusal);
      const body = operation.output === undefined ? emptyBody : operation.output.encode(result.value);
      wipeSecrets(result.value);
      return body;
    } finally {
      wipeSecrets(command.value);
    }
  }
}

const emptyBody = new Uint8Array(0);

/** Secrets stand at the top of commands and answers; once an answer is encoded nobody needs them any more. */
function wipeSecrets(members: unknown): void {
  if (typeof members !== 'object' || members === null) return;
  for (const value of Object.values(members)) {
    if (value instanceof SecretBytes) value[Symbol.dispose]();
  }
}

function compiled(
  name: OperationName,
  shapes: (typeof operationShapes)[OperationName],
  handlers: OperationHandlers,
): CompiledOperation {
  return {
    name,
    input: compile(shapes.input),
    output: shapes.output === undefined ? undefined : (compile(shapes.output) as Codec<unknown>),
    // A handler takes the command of its own operation; the table pairs them, which the compiler cannot follow here.
    handle: handlers[name] as CompiledOperation['handle'],
  };
}

/** The value of a header that stands once; a repeated one has no value here and is refused with the signature. */
function headerValue(headers: WireRequest['headers'], name: string): string | undefined {
  let found: string | undefined;
  for (const [given, value] of headers) {
    if (given.length !== name.length || given.toLowerCase() !== name) continue;
    if (found !== undefined) return undefined;
    found = value;
  }
  return found;
}
