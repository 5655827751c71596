const headEnd = Buffer.from('\r\n\r\n');

export interface WholeAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Finds the end of answers that carry a Content-Length, on a connection with one request under way at a time. As cheap
 * as it can be: the load generator shares the machine with the server.
 */
export class AnswerReader {
  #held: Buffer | undefined;
  #needed = 0;

  /** @returns the answer once it is whole */
  take(chunk: Buffer): WholeAnswer | undefined {
    const all = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = all;
    if (all.length < this.#needed) return undefined;
    const end = all.indexOf(headEnd);
    if (end < 0) return undefined;
    const bodyStart = end + headEnd.length;
    const length = /\r\ncontent-length: *(\d+)/i.exec(all.toString('latin1', 0, end))?.[1];
    if (length === undefined) throw new Error('an answer without Content-Length');
    this.#needed = bodyStart + Number(length);
    if (all.length < this.#needed) return undefined;
    const answer = { status: Number(all.toString('latin1', 9, 12)), body: all.subarray(bodyStart, this.#needed) };
    this.#held = undefined;
    this.#needed = 0;
    return answer;
  }
}
