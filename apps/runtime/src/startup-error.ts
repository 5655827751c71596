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
    if (cause instanceof StartupError || !(cause instanceof Error)) throw cause;
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
    throw new StartupError(`${what}: ${(code && systemErrors[code]) ?? firstLine(cause)}`, { cause });
  }
}

function firstLine(error: Error): string {
  const text = error.message === '' && error instanceof AggregateError ? String(error.errors[0]) : error.message;
  return text.split('\n', 1)[0] ?? error.name;
}

/** The line a person sees when a start fails. */
export function startupLine(error: unknown): string {
  return `keywarden: ${error instanceof Error ? firstLine(error) : 'the start failed'}`;
}
