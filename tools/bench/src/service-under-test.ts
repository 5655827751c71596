import { type Keywarden, type KeywardenOptions, startKeywarden } from '@keywarden/harness';

/** Starts a service that does not outlive this process, however the process ends. */
export async function startServiceUnderTest(options: KeywardenOptions = {}): Promise<Keywarden> {
  const service = await startKeywarden(options);
  const end = (): void => {
    process.kill(service.pid, 'SIGTERM');
  };
  process.once('exit', end);
  return {
    ...service,
    stop: async (signal) => {
      process.off('exit', end);
      return service.stop(signal);
    },
  };
}
