import { type Instant, type Tenancy, plusMilliseconds } from '@keywarden/kernel';
import type { AuditIndex, FoundRecord, RecordPosition, RecordQuery } from './audit-index';

const pageSize = 1_000;

/** Every record that fits, page after page. */
export async function* recordsNewestFirst(
  index: AuditIndex,
  query: Omit<RecordQuery, 'before' | 'limit'>,
): AsyncGenerator<FoundRecord, void, undefined> {
  let before: RecordPosition | undefined;
  for (;;) {
    const page = await index.find({ ...query, limit: pageSize, ...(before !== undefined && { before }) });
    yield* page;
    before = page.at(-1);
    if (page.length < pageSize) return;
  }
}

/** How long after its time a record may still come to stand in the store. */
const lateByMs = 15_000;

/** Records as they come to stand in the store: each once, however late it comes within a quarter of a minute. */
export class NewRecords {
  /** When each record was, by its id: those that may be found again. */
  #told = new Map<string, Instant>();
  #from: Instant;

  constructor(
    private readonly index: AuditIndex,
    private readonly place: Tenancy,
    since: Instant,
  ) {
    this.#from = since;
  }

  /** Those that came since the last call, oldest first. */
  async next(): Promise<readonly FoundRecord[]> {
    const { account, region } = this.place;
    const fresh: FoundRecord[] = [];
    for await (const record of recordsNewestFirst(this.index, { account, region, from: this.#from })) {
      if (!this.#told.has(record.eventId)) fresh.push(record);
    }
    for (const { eventId, at } of fresh) this.#told.set(eventId, at);
    const [newest] = fresh;
    if (newest !== undefined) {
      const edge = plusMilliseconds(newest.at, -lateByMs);
      if (edge > this.#from) this.#from = edge;
      this.#told = new Map([...this.#told].filter(([, at]) => at >= this.#from));
    }
    return fresh.reverse();
  }
}
