import type { RequestFacts } from '@keywarden/authorization';
import {
  type CreateGrantRefusal,
  type GrantConstraints,
  type GrantId,
  type GrantOperation,
  type GrantRepository,
  type GrantTerms,
  type GrantTokens,
  createGrant,
  inModelOrder,
  newGrantId,
} from '@keywarden/grants';
import { type Randomness, type Result, accept, refuse } from '@keywarden/kernel';
import { readParty } from './grant-parties';
import type { GrantRefusal } from './grant-refusals';
import type { KeyDoor } from './key-door';
import type { DryRunSucceeded, KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';
import type { ResourceLimit } from './resource-limit';

export interface CreateGrant {
  readonly keyId: string;
  readonly granteePrincipal?: string;
  readonly granteeServicePrincipal?: string;
  readonly retiringPrincipal?: string;
  readonly retiringServicePrincipal?: string;
  readonly operations: readonly GrantOperation[];
  readonly constraints?: GrantConstraints;
  readonly grantTokens?: readonly string[];
  readonly name?: string;
  readonly dryRun?: boolean;
}

export interface GrantCreated {
  readonly grantId: GrantId;
  readonly grantToken: string;
}

type Refusals = KeyDoorRefusal | GrantRefusal | DryRunSucceeded;

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html */
export class CreateGrantHandler {
  /** @param limit grants a key may have */
  constructor(
    private readonly door: KeyDoor,
    private readonly grants: GrantRepository,
    private readonly tokens: GrantTokens,
    private readonly randomness: Randomness,
    private readonly limit: ResourceLimit,
  ) {}

  async handle(context: RequestContext, command: CreateGrant): Promise<Result<GrantCreated, Refusals>> {
    const read = readTerms(context, command);
    if (!read.ok) return read;
    const asked = read.value;
    const opened = await this.door.open(context, {
      given: command.keyId,
      operation: 'CreateGrant',
      action: 'kms:CreateGrant',
      aliases: 'refused',
      facts: factsOf(asked),
      grantTokens: command.grantTokens,
    });
    if (!opened.ok) return opened;
    const { key, grant: parent } = opened.value;
    const terms = parent === undefined ? asked : { ...asked, parent };
    const id = newGrantId(this.randomness);
    // Before the grant is stored, so that no fault leaves one behind that the caller was not told of.
    const token = command.dryRun === true ? '' : await this.tokens.issue({ id, key });
    const created = await this.grants.create<CreateGrantRefusal | DryRunSucceeded>(key, terms, (held, existing) => {
      const decided = createGrant(held, terms, existing, id, this.limit(held), context.now);
      return decided.ok && command.dryRun === true ? refuse({ code: 'DryRunSucceeded' }) : decided;
    });
    if (!created.ok) return created;
    const repeated = created.value.id !== id;
    return accept({
      grantId: created.value.id,
      grantToken: repeated ? await this.tokens.issue(created.value) : token,
    });
  }
}

/** What the grant shall say; whether the key allows that is decided when the key is held. */
function readTerms(context: RequestContext, command: CreateGrant): Result<GrantTerms, GrantRefusal> {
  const { region, caller } = context;
  const unclear = { code: 'GranteeUnclear' } as const;
  const grantee = readParty(command.granteePrincipal, command.granteeServicePrincipal, region, unclear);
  if (!grantee.ok) return grantee;
  if (grantee.value === undefined) return refuse(unclear);
  const retiring = readParty(command.retiringPrincipal, command.retiringServicePrincipal, region, {
    code: 'RetiringPartyUnclear',
  } as const);
  if (!retiring.ok) return retiring;
  const { encryptionContextEquals, encryptionContextSubset, sourceArn } = command.constraints ?? {};
  return accept({
    grantee: grantee.value,
    ...(retiring.value !== undefined && { retiring: retiring.value }),
    operations: inModelOrder(command.operations),
    constraints: {
      ...(encryptionContextEquals !== undefined && { encryptionContextEquals }),
      ...(encryptionContextSubset !== undefined && { encryptionContextSubset }),
      ...(sourceArn !== undefined && { sourceArn }),
    },
    ...(command.name !== undefined && { name: command.name }),
    issuingAccount: caller.account,
  });
}

/** What conditions may ask of the grant: for CreateGrant the encryption context is the one of the constraint. */
function factsOf({ grantee, retiring, operations, constraints }: GrantTerms): RequestFacts {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset, sourceArn } = constraints;
  const encryptionContext = equals ?? subset;
  const constraintType = [
    ...(equals === undefined ? [] : ['EncryptionContextEquals']),
    ...(subset === undefined ? [] : ['EncryptionContextSubset']),
    ...(sourceArn === undefined ? [] : ['SourceArn']),
  ][0];
  return {
    ...(grantee.kind === 'principal' ? { granteePrincipal: grantee.arn } : { granteeServicePrincipal: grantee.name }),
    ...(retiring !== undefined &&
      (retiring.kind === 'principal'
        ? { retiringPrincipal: retiring.arn }
        : { retiringServicePrincipal: retiring.name })),
    grantOperations: operations,
    grantConstraints: constraints,
    ...(constraintType !== undefined && { grantConstraintType: constraintType }),
    ...(encryptionContext !== undefined && { encryptionContext }),
  };
}
