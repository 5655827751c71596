/** The two halves of an `X-Amz-Target` header, `<prefix>.<operation>`; the prefix of some services has points of its own. */
export interface Target {
  readonly prefix: string;
  readonly operation: string;
}

const targetForm = /^([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)\.([A-Za-z0-9_]+)$/;
const longestTarget = 257;

/** @returns undefined when the header is absent or not of that form; whether the operation exists is not checked */
export function parseTarget(header: string | undefined): Target | undefined {
  const match = header === undefined || header.length > longestTarget ? null : targetForm.exec(header);
  const [, prefix, operation] = match ?? [];
  return prefix === undefined || operation === undefined ? undefined : { prefix, operation };
}
