import type { Readable } from 'node:stream';
import { SecretBytes } from '@keywarden/kernel';

/** Asks for one secret: a line, without its end. @returns undefined at the end of the input */
export type AskSecret = (prompt: string) => Promise<SecretBytes | undefined>;

interface Terminal extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

const longestLine = 1_024;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const endOfText = 0x03;
const endOfTransmission = 0x04;
const backspaces: readonly number[] = [0x08, 0x7f];

/** Reads secrets from a terminal without showing them, or line by line from a pipe or file. */
export function secretsFrom(input: Terminal, writeErr: (text: string) => void): AskSecret {
  let held: Buffer = Buffer.alloc(0);
  const take = (end: number, skip: number): SecretBytes => {
    const line = held.subarray(0, end);
    const secret = SecretBytes.copyOf(line.at(-1) === carriageReturn ? line.subarray(0, -1) : line);
    const rest = Buffer.from(held.subarray(end + skip));
    held.fill(0);
    held = rest;
    return secret;
  };
  return async (prompt) => {
    if (input.isTTY === true) return askTerminal(input, prompt, writeErr);
    for (;;) {
      const end = held.indexOf(lineFeed);
      if (end !== -1) return take(end, 1);
      if (held.length > longestLine) throw new Error('a line of the input is too long');
      const chunk = await nextChunk(input);
      if (chunk === undefined) return held.length === 0 ? undefined : take(held.length, 0);
      held = Buffer.concat([held, chunk]);
      chunk.fill(0);
    }
  };
}

function nextChunk(input: Readable): Promise<Buffer | undefined> {
  const ready = input.read() as Buffer | null;
  if (ready !== null) return Promise.resolve(ready);
  if (input.readableEnded || input.destroyed) return Promise.resolve(undefined);
  return new Promise((done, failed) => {
    const settle = (act: () => void) => () => {
      input.off('readable', onReadable).off('end', onEnd).off('error', onError);
      act();
    };
    const onReadable = settle(() => done(nextChunk(input)));
    const onEnd = settle(() => done(undefined));
    const onError = settle(() => failed(new Error('the input cannot be read')));
    input.once('readable', onReadable).once('end', onEnd).once('error', onError);
  });
}

/** Keys are read one by one, so that the terminal shows none of them. */
async function askTerminal(
  input: Terminal,
  prompt: string,
  writeErr: (text: string) => void,
): Promise<SecretBytes | undefined> {
  input.setRawMode?.(true);
  writeErr(prompt);
  const typed: number[] = [];
  try {
    for (;;) {
      const chunk = await nextChunk(input);
      if (chunk === undefined) return undefined;
      for (const key of chunk) {
        if (key === endOfText) throw new Error('interrupted');
        if (key === endOfTransmission && typed.length === 0) return undefined;
        if (key === lineFeed || key === carriageReturn) return SecretBytes.adopt(Uint8Array.from(typed));
        if (backspaces.includes(key)) typed.pop();
        else if (typed.length < longestLine) typed.push(key);
      }
    }
  } finally {
    typed.fill(0);
    input.setRawMode?.(false);
    input.pause();
    writeErr('\n');
  }
}
