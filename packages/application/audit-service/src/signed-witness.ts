import type { ChainHead } from '@keywarden/audit';
import type { Checkpointer } from './checkpointer';
import type { ChainWitness, Timers } from './ports';

const mostUnsaid = 100;

/** Signs a checkpoint that says how far a process has brought its chain, so that what is cut off of it is missed. */
export class SignedWitness implements ChainWitness {
  #unsaid: ChainHead[] = [];

  /** @param withinMs how long the end of a process waits for the last checkpoint */
  constructor(
    private readonly checkpointer: Pick<Checkpointer, 'witness'>,
    private readonly timers: Timers,
    private readonly withinMs: number,
    private readonly onFault: (fault: unknown) => void,
  ) {}

  moved(head: ChainHead): void {
    this.#note(head);
    void this.#say();
  }

  async ended(head: ChainHead): Promise<void> {
    this.#note(head);
    let cancel: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.timers.after(this.withinMs, () => {
        this.onFault(new Error('the last checkpoint takes too long'));
        resolve();
      });
    });
    await Promise.race([this.#say(), late]);
    cancel?.();
  }

  #note(head: ChainHead): void {
    if (head.seq > 0 && this.#unsaid.length < mostUnsaid) this.#unsaid.push(head);
  }

  /** What could not be said is said with the next, at the end of the process at the latest. */
  async #say(): Promise<void> {
    const heads = this.#unsaid.splice(0);
    if (heads.length === 0) return;
    try {
      await this.checkpointer.witness(heads);
    } catch (fault) {
      this.#unsaid.unshift(...heads);
      this.onFault(fault);
    }
  }
}
