import type { OpenProvider, ProviderDescription } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { ShareCollection, type UnsealProgress, shareRefusalLine } from '../shares/share-collection';
import { RootKeyProviderError } from '../local/provider-error';
import { askLocalSocket, serveLocalSocket } from './local-socket';

/** What a sealed process answers to a share, or to the question how far it is. */
export type UnsealAnswer = { readonly sealed: boolean } & Partial<UnsealProgress> & { readonly refused?: string };

const question = 'status';

/**
 * Waits until enough shares were given on the local socket. A line is a share or the word `status`; the answer is JSON.
 *
 * @param ended ends the waiting; then undefined is returned
 */
export async function unsealedBySocket(
  path: string,
  description: ProviderDescription,
  ended: AbortSignal,
  onProgress: (progress: UnsealProgress) => void,
): Promise<OpenProvider | undefined> {
  const collection = new ShareCollection(description);
  let open: (provider: OpenProvider | undefined) => void = () => undefined;
  const opened = new Promise<OpenProvider | undefined>((done) => {
    open = done;
  });
  const answer = (line: Buffer): UnsealAnswer => {
    if (line.toString('latin1').trim() === question) return { sealed: true, ...collection.progress };
    using text = SecretBytes.copyOf(line);
    const added = collection.add(text);
    if (!added.ok) return { sealed: true, ...collection.progress, refused: shareRefusalLine(added.refusal) };
    if (added.value === undefined) {
      onProgress(collection.progress);
      return { sealed: true, ...collection.progress };
    }
    // After the answer has left: the socket goes with the waiting.
    setImmediate(open, added.value);
    return { sealed: false };
  };
  const stop = await serveLocalSocket(path, (line) => Promise.resolve(JSON.stringify(answer(line))));
  const giveUp = (): void => open(undefined);
  ended.addEventListener('abort', giveUp, { once: true });
  if (ended.aborted) giveUp();
  try {
    return await opened;
  } finally {
    ended.removeEventListener('abort', giveUp);
    collection.forget();
    await stop();
  }
}

/** Gives a share to the sealed process on this machine. @throws RootKeyProviderError when there is none */
export function giveShare(path: string, share: SecretBytes): Promise<UnsealAnswer> {
  return share.expose(async (bytes) => parse(path, await askLocalSocket(path, bytes)));
}

/** @throws RootKeyProviderError when there is no sealed process on this machine */
export async function askSealed(path: string): Promise<UnsealAnswer> {
  return parse(path, await askLocalSocket(path, Buffer.from(question)));
}

function parse(path: string, reply: string): UnsealAnswer {
  try {
    const answer = JSON.parse(reply) as UnsealAnswer;
    if (typeof answer.sealed === 'boolean') return answer;
  } catch {
    // Not JSON: not our process.
  }
  throw new RootKeyProviderError(`what answers on the socket ${path} is no sealed process`);
}
