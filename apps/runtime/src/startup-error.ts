/** A start that cannot go on; the message is one line for a person who must do something about it. */
export class StartupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartupError';
  }
}

const systemErrors: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use by another process',
  EADDRNOTAVAIL: 'the address is not one of this machine',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'a part of the path is not a directory',
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'the host name is unknown',
};

/** Runs a step of the start and says in one line what it was when the system refuses it. */
export async function startupStep<T>(what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    const code = systemCode(cause);
    throw new StartupError(`${what}: ${(code && systemErrors[code]) ?? firstLine(cause)}`, { cause });
  }
}

/** The `code` of a system error; also of one that was thrown in another realm, where `instanceof` does not help. */
export function systemCode(thrown: unknown): string | undefined {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function firstLine(thrown: unknown): string {
  // Several parts failed to close: the first of them.
  if (thrown instanceof SuppressedError) return firstLine(thrown.suppressed);
  const inner = thrown instanceof AggregateError && thrown.message === '' ? (thrown.errors[0] as unknown) : thrown;
  const hasMessage = typeof inner === 'object' && inner !== null && 'message' in inner;
  return hasMessage ? (String(inner.message).split('\n', 1)[0] ?? '') : 'the start failed';
}

/** The line a person sees when a start fails. */
export function startupLine(error: unknown): string {
  return `keywarden: ${firstLine(error)}`;
}
