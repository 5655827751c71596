import { type KeyId, parseKeyId } from '@keywarden/kernel';
import {
  type KeyUsageRecorder,
  type RequestContext,
  type TrackedOperation,
  trackedOperations,
} from '@keywarden/key-service';
import type { OperationHandler, OperationHandlers } from './operations';

/** The members by which an answer names the keys that were used, as key ARNs. */
interface UsedKeys {
  readonly keyId?: string;
  readonly sourceKeyId?: string;
}

type AnyHandler = (
  context: RequestContext,
  command: never,
) => Promise<{ readonly ok: boolean; readonly value?: UsedKeys }>;

/** Has every successful cryptographic operation noted as the last use of its keys. Refused calls and dry runs are none. */
export function recordingUse(handlers: OperationHandlers, recorder: Pick<KeyUsageRecorder, 'note'>): OperationHandlers {
  const recording: Record<string, OperationHandler<never>> = {};
  const note = ({ region, now, requestId }: RequestContext, operation: TrackedOperation, arn: string | undefined) => {
    const id = idOf(arn);
    if (id !== undefined) recorder.note({ key: { region, id }, operation, at: now, requestId });
  };
  for (const operation of trackedOperations) {
    // A tracked operation answers with key ARNs; the union of its handlers is more than the compiler follows.
    const handle = handlers[operation] as AnyHandler | undefined;
    if (handle === undefined) continue;
    const recorded: AnyHandler = async (context, command) => {
      const result = await handle(context, command);
      if (!result.ok || result.value === undefined) return result;
      const { keyId, sourceKeyId } = result.value;
      note(context, operation, keyId);
      if (sourceKeyId !== keyId) note(context, operation, sourceKeyId);
      return result;
    };
    recording[operation] = recorded as OperationHandler<never>;
  }
  return { ...handlers, ...recording };
}

function idOf(keyArn: string | undefined): KeyId | undefined {
  return keyArn === undefined ? undefined : parseKeyId(keyArn.slice(keyArn.lastIndexOf('/') + 1));
}
