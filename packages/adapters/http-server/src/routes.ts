import type { Handle } from './raw-message';

/**
 * Requests answered beside the handler: without a body, without a signature and outside the bound on concurrent calls,
 * so that probes get their answer from a busy server. Keys are a method and a path, for example `GET /metrics`; a GET
 * route answers HEAD as well.
 */
export class Routes {
  readonly #byKey: ReadonlyMap<string, Handle>;

  constructor(byKey: ReadonlyMap<string, Handle>) {
    const withHead = new Map(byKey);
    for (const [key, handle] of byKey) {
      const [method, path] = key.split(' ');
      if (method === 'GET' && !byKey.has(`HEAD ${path}`)) withHead.set(`HEAD ${path}`, handle);
    }
    this.#byKey = withHead;
  }

  /** @param target the request target; its query takes no part */
  find(method = '', target = ''): Handle | undefined {
    const query = target.indexOf('?');
    return this.#byKey.get(`${method} ${query < 0 ? target : target.slice(0, query)}`);
  }
}
