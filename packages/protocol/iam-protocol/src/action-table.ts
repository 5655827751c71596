import type { StructureShape } from '@keywarden/aws-json';
import { type QueryInput, queryInput, queryOutput } from '@keywarden/aws-query';
import type { IdentityRefusal } from '@keywarden/identity-service';
import type { Result } from '@keywarden/kernel';
import { policySpelling } from './policy-spelling';
import { type QueryHandlers, type SignedContext, type UnsignedContext, unsignedActions } from './query-handlers';
import { type QueryService, queryServices } from './query-services';
import { type Action, iamShapes, stsShapes } from './shapes/action-shapes';

/** One action, ready to be carried out. */
export interface CompiledAction {
  readonly name: Action;
  readonly service: QueryService;
  readonly signed: boolean;
  readonly input: QueryInput<unknown>;
  /** Undefined for an action that answers nothing. */
  readonly output: ((answer: unknown) => string) | undefined;
  readonly handle:
    | ((context: SignedContext | UnsignedContext, command: unknown) => Promise<Result<unknown, IdentityRefusal>>)
    | undefined;
}

/** Finds an action by the name and version a request gives. */
export class ActionTable {
  readonly #actions: ReadonlyMap<string, CompiledAction>;

  constructor(handlers: QueryHandlers) {
    const actions = [
      ...Object.entries(iamShapes).map(([name, shapes]) => compiled('iam', name as Action, shapes, handlers)),
      ...Object.entries(stsShapes).map(([name, shapes]) => compiled('sts', name as Action, shapes, handlers)),
    ];
    this.#actions = new Map(
      actions.map((action) => [keyOf(action.name, queryServices[action.service].version), action]),
    );
  }

  find(action: string, version: string): CompiledAction | undefined {
    return this.#actions.get(keyOf(action, version));
  }
}

/** Versions are of one length, so no two pairs have one key. */
const keyOf = (action: string, version: string): string => `${version} ${action}`;

function compiled(
  service: QueryService,
  name: Action,
  { input, output }: { readonly input: StructureShape; readonly output: StructureShape | undefined },
  handlers: QueryHandlers,
): CompiledAction {
  return {
    name,
    service,
    signed: !(unsignedActions as readonly Action[]).includes(name),
    input: queryInput(input),
    output: output === undefined ? undefined : (queryOutput(output, policySpelling) as (answer: unknown) => string),
    // A handler takes the command of its own action; the table pairs them, which the compiler cannot follow here.
    handle: handlers[name] as CompiledAction['handle'],
  };
}
