/** What is told to the outside of a checkpoint: enough to find out later that the trail was put back or rewritten. */
export interface Anchor {
  readonly number: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** The checkpoint's link hash. */
  readonly hash: string;
}

/** One line of an anchor file, without its line break. */
export function anchorLine({ number, at, hash }: Anchor): string {
  return JSON.stringify({ number, at, hash });
}

/** @returns undefined when a line is no anchor; empty lines are passed over */
export function readAnchors(text: string): readonly Anchor[] | undefined {
  const anchors: Anchor[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return undefined;
    }
    const { number, at, hash } = (value ?? {}) as Partial<Anchor>;
    if (!Number.isSafeInteger(number) || !Number.isSafeInteger(at) || typeof hash !== 'string') return undefined;
    anchors.push({ number: number as number, at: at as number, hash });
  }
  return anchors;
}
