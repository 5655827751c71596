/** Runs one task a key at a time: callers that come while it runs share its outcome. */
export class Coalesced<V> {
  readonly #running = new Map<string, Promise<V>>();

  run(key: string, task: () => Promise<V>): Promise<V> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const started = task().finally(() => {
      if (this.#running.get(key) === started) this.#running.delete(key);
    });
    this.#running.set(key, started);
    return started;
  }

  /** Later callers start anew; those already waiting get what they wait for. */
  forget(key: string): void {
    this.#running.delete(key);
  }

  clear(): void {
    this.#running.clear();
  }
}
