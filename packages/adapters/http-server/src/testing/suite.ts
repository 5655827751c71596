import type { HttpServerOptions } from '../http-server';
import { TestServer } from './test-server';

/** Starts servers that are stopped after each test. */
export function serverPerTest(): (options?: Partial<HttpServerOptions>) => Promise<TestServer> {
  const started: TestServer[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
  });
  return async (options) => {
    const server = await TestServer.start(options);
    started.push(server);
    return server;
  };
}
