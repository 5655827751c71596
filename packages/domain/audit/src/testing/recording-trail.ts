import { type AuditTrail, AuditUnavailable, type AuditedCall } from '../audit-trail';

/** Keeps calls in a list; can be closed, and can fail to keep. */
export class RecordingTrail implements AuditTrail {
  readonly calls: AuditedCall[] = [];
  /** `closed`: nothing may happen. `failing`: what happened cannot be kept. */
  condition: 'open' | 'closed' | 'failing' = 'open';

  assertOpen(): void {
    if (this.condition === 'closed') throw new AuditUnavailable('closed');
  }

  async record(call: AuditedCall): Promise<void> {
    // Durability takes a while: who does not wait for it is found out.
    await Promise.resolve();
    if (this.condition !== 'open') throw new AuditUnavailable('not kept');
    this.calls.push(call);
  }
}
