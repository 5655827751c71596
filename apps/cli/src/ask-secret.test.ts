import { PassThrough } from 'node:stream';
import { secretsFrom } from './ask-secret';

/** A terminal as the runtime shows it: it echoes what is typed unless it is told to be raw. */
class FakeTerminal extends PassThrough {
  readonly isTTY = true;
  raw = false;
  shown = '';

  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }

  type(text: string): void {
    if (!this.raw) this.shown += text;
    this.write(text);
  }
}

async function typed(...chunks: readonly string[]) {
  const terminal = new FakeTerminal();
  const asked = secretsFrom(
    terminal,
    (text) => void (terminal.shown += text),
  )('share: ').then(
    (secret) => secret?.expose((bytes) => Buffer.from(bytes).toString()),
    (error: Error) => error.message,
  );
  for (const chunk of chunks) {
    await new Promise((done) => setImmediate(done));
    terminal.type(chunk);
  }
  return { secret: await asked, shown: terminal.shown, raw: terminal.raw };
}

describe('a secret asked for at a terminal', () => {
  it('is not shown, and the terminal is as before after it', async () => {
    expect(await typed('kws1-', 'ABC', '\r')).toEqual({ secret: 'kws1-ABC', shown: 'share: \n', raw: false });
  });

  it('is corrected by backspace', async () => {
    expect(await typed('abd\u007fc\n')).toMatchObject({ secret: 'abc', shown: 'share: \n' });
    expect(await typed('\b\bx\n')).toMatchObject({ secret: 'x' });
  });

  it('is given up by Ctrl-C, and by Ctrl-D at the beginning alone', async () => {
    expect(await typed('abc\u0003')).toEqual({ secret: 'interrupted', shown: 'share: \n', raw: false });
    expect(await typed('\u0004')).toEqual({ secret: undefined, shown: 'share: \n', raw: false });
    expect(await typed('a\u0004b\n')).toMatchObject({ secret: 'a\u0004b' });
  });

  it('is at most 1,024 bytes long', async () => {
    expect(String((await typed('a'.repeat(2_000), '\n')).secret)).toHaveLength(1_024);
  });
});

describe('secrets from a pipe', () => {
  const from = (text: string) => {
    const pipe = new PassThrough();
    pipe.end(text);
    return secretsFrom(pipe, () => undefined);
  };
  const read = async (ask: ReturnType<typeof from>) =>
    (await ask('share: '))?.expose((bytes) => Buffer.from(bytes).toString());

  it('are its lines, one at each question, however they end', async () => {
    const ask = from('first\r\nsecond\n\nlast');
    expect([await read(ask), await read(ask), await read(ask), await read(ask), await read(ask)]).toEqual([
      'first',
      'second',
      '',
      'last',
      undefined,
    ]);
  });

  it('are refused when a line does not end', async () => {
    await expect(read(from('a'.repeat(100_000)))).rejects.toThrow('too long');
  });
});
