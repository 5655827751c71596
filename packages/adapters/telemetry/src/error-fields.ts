import { SecretBytes } from '@keywarden/kernel';
import { cut } from './flat-fields';
import type { LogFields } from './logger';

const longestChain = 5;
const longestMessage = 2_048;
const longestStack = 4_096;

/**
 * What a log line may say of something thrown: name, code, message and stack of the error, and one line for each of its
 * causes, five at most. Other properties of the error are left out, since drivers keep statements, parameters and rows
 * in them, and so is a thrown value that is no Error, apart from a string.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: 'NotAnError', errorMessage: describeNonError(error) };
  return {
    errorName: text(error, 'name', longestMessage),
    errorCode: text(error, 'code', longestMessage),
    errorMessage: text(error, 'message', longestMessage),
    errorStack: text(error, 'stack', longestStack),
    errorCauses: causesOf(error),
  };
}

function causesOf(error: Error): string | undefined {
  const seen = new Set<unknown>([error]);
  const lines: string[] = [];
  let cause = property(error, 'cause');
  while (cause !== undefined && cause !== null && lines.length < longestChain && !seen.has(cause)) {
    seen.add(cause);
    lines.push(oneLine(cause));
    cause = cause instanceof Error ? property(cause, 'cause') : undefined;
  }
  return lines.length === 0 ? undefined : lines.join('\n');
}

function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return describeNonError(error);
  const code = text(error, 'code', longestMessage);
  const name = text(error, 'name', longestMessage) ?? 'Error';
  return `${name}${code === undefined ? '' : ` (${code})`}: ${text(error, 'message', longestMessage) ?? ''}`;
}

function describeNonError(thrown: unknown): string {
  if (typeof thrown === 'string') return cut(thrown, longestMessage);
  if (thrown instanceof SecretBytes) return '[secret]';
  return `[${thrown === null ? 'null' : typeof thrown}]`;
}

function text(error: Error, name: string, length: number): string | undefined {
  const value = property(error, name);
  return typeof value === 'string' ? cut(value, length) : undefined;
}

/** Logging a fault must not become one: a property whose getter throws counts as absent. */
function property(error: Error, name: string): unknown {
  try {
    return Reflect.get(error, name);
  } catch {
    return undefined;
  }
}
