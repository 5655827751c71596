import { KMSServiceException } from '@aws-sdk/client-kms';

/** A refusal as the SDK shows it. */
export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
}

/** @returns the refusal of a call that must be refused */
export async function refused(call: Promise<unknown>): Promise<Refused> {
  const answer: unknown = await call.catch((error: unknown) => error);
  if (answer instanceof KMSServiceException) {
    return { code: answer.name, message: answer.message, status: answer.$metadata.httpStatusCode };
  }
  if (answer instanceof Error) throw answer;
  throw new Error(`the call was not refused but answered ${JSON.stringify(answer)}`);
}

/** What a refusal that a client has to blame itself for looks like. */
export const refusal = (code: string, message: string): Refused => ({ code, message, status: 400 });

/** Where an operation takes keys by their id alone, as recorded from AWS. */
export const aliasRefused = refusal('InvalidArnException', 'Key Aliases are not supported for this operation.');

/** Members of an SDK answer that came from the service. */
export function members<T extends { $metadata?: unknown }>(answer: T): Omit<T, '$metadata'> {
  const { $metadata: _, ...rest } = answer;
  return rest;
}
