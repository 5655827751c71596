/** Where the server reports; the logger of @keywarden/telemetry fits. */
export interface HttpServerLog {
  debug(fields: HttpServerLogFields, message: string): void;
  info(fields: HttpServerLogFields, message: string): void;
  warn(fields: HttpServerLogFields, message: string): void;
  error(fields: HttpServerLogFields, message: string): void;
}

export type HttpServerLogFields = Readonly<Record<string, string | number | boolean | undefined>>;

const longestText = 4_096;

/** Name, code, message and stack of something thrown; other properties may hold anything and stay out. */
export function thrownFields(thrown: unknown): HttpServerLogFields {
  if (!(thrown instanceof Error)) return { errorName: 'NotAnError', errorMessage: `[${typeof thrown}]` };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  return {
    errorName: thrown.name,
    errorCode: code,
    errorMessage: thrown.message.slice(0, longestText),
    errorStack: thrown.stack?.slice(0, longestText),
  };
}
