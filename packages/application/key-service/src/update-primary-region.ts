import { type Result, accept, parseRegion, refuse } from '@keywarden/kernel';
import { type CommandRefusal, type MultiRegionRefusal, checkPrimary, updatePrimaryRegion } from '@keywarden/keys';
import type { KeyDirectory } from './key-directory';
import type { KeyDoor } from './key-door';
import type { KeyFamilyChanges } from './key-family-changes';
import { emptied } from './key-lifecycle';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface UpdatePrimaryRegion {
  readonly keyId: string;
  readonly primaryRegion: string;
}

type Refusals = KeyDoorRefusal | CommandRefusal | MultiRegionRefusal | ParameterRefusal;

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html */
export class UpdatePrimaryRegionHandler {
  constructor(
    private readonly door: KeyDoor,
    private readonly directory: KeyDirectory,
    private readonly families: KeyFamilyChanges,
  ) {}

  /** The caller needs the permission on the primary and on the replica that is to be the primary. */
  async handle(
    context: RequestContext,
    { keyId: given, primaryRegion }: UpdatePrimaryRegion,
  ): Promise<Result<void, Refusals>> {
    const region = parseRegion(primaryRegion);
    if (region === undefined) return refuse({ code: 'RegionNotServed', region: primaryRegion });
    const facts = { primaryRegion };
    const opened = await this.families.open(context, { given, operation: 'UpdatePrimaryRegion', facts });
    if (!opened.ok) return opened;
    const primary = checkPrimary('UpdatePrimaryRegion', opened.value.key, context.now);
    if (!primary.ok) return primary;
    const successor = await this.directory.findKey({ region, id: primary.value.id });
    if (successor !== undefined && successor.account === primary.value.account) {
      const action = 'kms:UpdatePrimaryRegion' as const;
      const allowed = await this.door.authorise({ ...context, region }, successor, { action, facts });
      if (!allowed.ok) return allowed;
    }
    return emptied(
      await this.families.store<CommandRefusal | MultiRegionRefusal>(primary.value, (copies, held) => {
        const updated = updatePrimaryRegion(copies, held, region, context.now);
        return updated.ok ? accept(updated.value) : updated;
      }),
    );
  }
}
