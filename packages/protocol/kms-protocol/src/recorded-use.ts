import { type KeyId, parseKeyId } from '@keywarden/kernel';
import { type KeyUsageRecorder, type RequestContext, trackedOperations } from '@keywarden/key-service';
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
  for (const operation of trackedOperations) {
    // A tracked operation answers with key ARNs; the union of its handlers is more than the compiler follows.
    const handle = handlers[operation] as AnyHandler | undefined;
    if (handle === undefined) continue;
    const recorded: AnyHandler = async (context, command) => {
      const result = await handle(context, command);
      if (!result.ok || result.value === undefined) return result;
      const { keyId, sourceKeyId } = result.value;
      for (const id of new Set([idOf(keyId), idOf(sourceKeyId)])) {
        if (id === undefined) continue;
        const key = { region: context.region, id };
        recorder.note({ key, operation, at: context.now, requestId: context.requestId });
      }
      return result;
    };
    recording[operation] = recorded as OperationHandler<never>;
  }
  return { ...handlers, ...recording };
}

function idOf(keyArn: string | undefined): KeyId | undefined {
  return keyArn === undefined ? undefined : parseKeyId(keyArn.slice(keyArn.lastIndexOf('/') + 1));
}
