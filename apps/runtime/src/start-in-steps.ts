/**
 * Starts something in steps, each of which may say how it is undone: in the opposite order, when it is closed or a later
 * step fails. A step that cannot be undone keeps none of the others from it: a database would outlive its process.
 *
 * @returns what `start` returned, with its `close`
 */
export async function startInSteps<T extends object>(
  start: (undo: AsyncDisposableStack) => Promise<T>,
): Promise<T & { close(): Promise<void> }> {
  const undo = new AsyncDisposableStack();
  try {
    return { ...(await start(undo)), close: () => undo.disposeAsync() };
  } catch (error) {
    await undo.disposeAsync().catch(() => undefined);
    throw error;
  }
}
