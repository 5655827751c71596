// Jest loads set-up and teardown apart, so what one leaves for the other goes over the global object.
declare global {
  var keywardenTestServers: (() => Promise<void>)[] | undefined;
}

/** Remembers what the teardown must stop. */
export function keepForTeardown(stop: () => Promise<void>): void {
  (globalThis.keywardenTestServers ??= []).push(stop);
}

/** Jest `globalTeardown`: stops what the set-up started. */
export default async function stopTestServers(): Promise<void> {
  const servers = globalThis.keywardenTestServers ?? [];
  globalThis.keywardenTestServers = undefined;
  await Promise.all(servers.map((stop) => stop()));
}
