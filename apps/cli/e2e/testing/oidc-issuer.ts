import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import { join } from 'node:path';
import { SignJWT, exportJWK } from 'jose';

/** What a cluster signs into the token of a pod. */
export interface PodClaims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string;
  /** Seconds from now. */
  readonly lifetime?: number;
}

/** A cluster that publishes its keys on the loopback address, and signs tokens of its service accounts. */
export class OidcIssuer {
  readonly issuer = 'https://oidc.cluster.example.com/id/7';
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #server: Server = createServer((_, response) => {
    void this.#jwks().then((jwks) => response.end(JSON.stringify(jwks)));
  });

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  stop(): Promise<void> {
    return new Promise((done) => this.#server.close(() => done()));
  }

  /** The setting that makes an account believe this issuer. @returns the path of the file */
  async settings(folder: string, account: string): Promise<string> {
    const { port } = this.#server.address() as { port: number };
    const accounts = { [account]: ['sts.amazonaws.com'] };
    const issuers = [{ issuer: this.issuer, accounts, jwksUrl: `http://127.0.0.1:${port}/keys` }];
    const path = join(folder, 'issuers.json');
    await writeFile(path, JSON.stringify({ issuers }));
    return path;
  }

  /** @param key with which it is signed; the cluster's when absent */
  async token(
    {
      iss = this.issuer,
      sub = 'system:serviceaccount:shop:cart',
      aud = 'sts.amazonaws.com',
      lifetime = 600,
    }: PodClaims = {},
    key = this.#keys.privateKey,
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ iss, sub, aud, iat: now - 60, exp: now + lifetime })
      .setProtectedHeader({ alg: 'RS256', kid: 'cluster-key', typ: 'JWT' })
      .sign(key);
  }

  /** The public key as everybody can have it. */
  get publicPem(): string {
    return this.#keys.publicKey.export({ format: 'pem', type: 'spki' }) as string;
  }

  async #jwks(): Promise<object> {
    return { keys: [{ ...(await exportJWK(this.#keys.publicKey)), kid: 'cluster-key', use: 'sig', alg: 'RS256' }] };
  }
}
