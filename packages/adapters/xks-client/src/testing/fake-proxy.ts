import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Server, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { compile } from '@keywarden/aws-json';
import { SecretBytes, instant } from '@keywarden/kernel';
import { SigV4Verifier, headerPairs } from '@keywarden/sigv4';
import {
  type XksErrorName,
  type XksOperation,
  type XksTarget,
  encodeXksError,
  integrityValue,
  parseXksTarget,
  xksErrors,
  xksOperations,
  xksSigningName,
} from '@keywarden/xks-protocol';
import { type Certificate, aCertificate } from './certificate';

/** How a proxy misbehaves. */
export type Misbehaviour =
  | { readonly kind: 'error'; readonly name: XksErrorName }
  | { readonly kind: 'silent' | 'redirect' | 'huge' | 'html' | 'reset' | 'noIntegrity' | 'wrongTag' | 'wrongKey' }
  /** Answers like this, whatever was asked. */
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown };

export interface Seen {
  readonly operation: XksOperation;
  readonly path: string;
  readonly input: { readonly requestMetadata?: Readonly<Record<string, string>> } & Readonly<Record<string, unknown>>;
  readonly signedHeaders: string;
}

export const proxyCredential = { accessKeyId: 'ABCDE23456EXAMPLE777', secret: 'x'.repeat(43) } as const;

/** An XKS proxy with its key manager, in memory: real TLS, real signatures, real AES-GCM, and every bad habit on request. */
export class FakeProxy {
  readonly keys = new Map<string, Buffer>();
  readonly seen: Seen[] = [];
  misbehaviour: Misbehaviour | undefined;
  /** How many requests misbehave; all when absent. */
  misbehavesTimes = Infinity;
  health: 'ACTIVE' | 'DEGRADED' | 'UNAVAILABLE' = 'ACTIVE';
  metadata = { keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' };
  secret: string = proxyCredential.secret;
  connections = 0;

  private constructor(
    readonly certificate: Certificate,
    private readonly server: Server,
    private readonly region: string,
  ) {}

  /** @param clients the authority of the client certificates that it demands; none when absent. PEM */
  static async start(
    region: string,
    host: string,
    certificate = aCertificate(host),
    clients?: string,
  ): Promise<FakeProxy> {
    const { cert, key } = certificate;
    const demands = clients !== undefined && { ca: clients, requestCert: true, rejectUnauthorized: true };
    const server = createServer({ cert, key, ...demands });
    const proxy = new FakeProxy(certificate, server, region);
    server.on('request', (request, response) => void proxy.#serve(request, response));
    server.on('secureConnection', () => (proxy.connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  addKey(...ids: readonly string[]): void {
    for (const id of ids) this.keys.set(id, randomBytes(32));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const target = parseXksTarget(request.url ?? '');
    if (target === undefined) return respond(response, 'InvalidUriPathException');
    const { operation } = target;
    const input = JSON.parse(body.toString()) as Seen['input'];
    const signedHeaders = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    this.seen.push({ operation, path: request.url ?? '', input, signedHeaders });
    if (!(await this.#isSigned(request, body))) return respond(response, 'AuthenticationFailedException');
    const { misbehaviour } = this;
    if (misbehaviour !== undefined && this.misbehavesTimes > 0) {
      this.misbehavesTimes -= 1;
      if (misbehave(misbehaviour, response)) return;
      return this.#answer(target, body, response, misbehaviour.kind);
    }
    return this.#answer(target, body, response);
  }

  async #isSigned(request: IncomingMessage, body: Buffer): Promise<boolean> {
    const secretAccessKey = SecretBytes.copyOf(Buffer.from(this.secret));
    const verifier = new SigV4Verifier({
      credentials: {
        findSigningSecret: (id) =>
          id === proxyCredential.accessKeyId ? { secretAccessKey, principal: 'kms' } : undefined,
      },
      regions: new Set([this.region]),
      services: new Set([xksSigningName]),
    });
    const headers = headerPairs(request.rawHeaders);
    const signed = { method: request.method ?? '', target: request.url ?? '', headers, body };
    return (await verifier.verify(signed, instant(Date.now()))).ok;
  }

  #answer(target: XksTarget, body: Buffer, response: ServerResponse, habit?: Misbehaviour['kind']): void {
    if (target.operation === 'GetHealthStatus') {
      return write(response, 200, {
        xksProxyFleetSize: 1,
        xksProxyVendor: 'Test',
        xksProxyModel: 'Test 1.0',
        ekmVendor: 'Test',
        ekmFleetDetails: [{ id: 'one', model: 'Test', healthStatus: this.health }],
      });
    }
    const key = this.keys.get(target.externalKeyId ?? '');
    if (key === undefined) return respond(response, 'KeyNotFoundException');
    if (target.operation === 'GetKeyMetadata') return write(response, 200, this.metadata);
    const used = habit === 'wrongKey' ? randomBytes(32) : key;
    if (target.operation === 'Encrypt') return encrypt(used, body, response, habit);
    return decrypt(used, body, response);
  }
}

const encryptInput = compile(xksOperations.Encrypt.input);
const decryptInput = compile(xksOperations.Decrypt.input);
const ciphertextMetadata = Buffer.from('key_version=1');

function managerAad(data: Uint8Array = new Uint8Array(0), metadata: Uint8Array = new Uint8Array(0)): Buffer {
  const lengths = [Buffer.alloc(2), Buffer.of(metadata.length)] as const;
  lengths[0].writeUInt16BE(data.length);
  return Buffer.concat([lengths[0], data, lengths[1], metadata]);
}

function encrypt(key: Buffer, body: Buffer, response: ServerResponse, habit?: Misbehaviour['kind']): void {
  const decoded = encryptInput.decode(body);
  if (!decoded.ok) return respond(response, 'ValidationException');
  const { plaintext, additionalAuthenticatedData } = decoded.value;
  const initializationVector = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, initializationVector, { authTagLength: 16 });
  cipher.setAAD(managerAad(additionalAuthenticatedData, ciphertextMetadata));
  const ciphertext = plaintext.expose((bytes) => cipher.update(bytes));
  cipher.final();
  const authenticationTag = cipher.getAuthTag();
  const answer = { ciphertext, ciphertextMetadata, initializationVector, authenticationTag };
  const integrity = integrityValue({ ...answer, additionalAuthenticatedData });
  if (habit === 'wrongTag') answer.authenticationTag[0] = (answer.authenticationTag[0] ?? 0) ^ 1;
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  write(response, 200, {
    ciphertext: base64(ciphertext),
    ciphertextMetadata: base64(ciphertextMetadata),
    initializationVector: base64(initializationVector),
    authenticationTag: base64(answer.authenticationTag),
    ...(habit !== 'noIntegrity' && { ciphertextDataIntegrityValue: base64(integrity) }),
  });
}

function decrypt(key: Buffer, body: Buffer, response: ServerResponse): void {
  const decoded = decryptInput.decode(body);
  if (!decoded.ok) return respond(response, 'ValidationException');
  const { ciphertext, initializationVector, authenticationTag, additionalAuthenticatedData } = decoded.value;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, initializationVector, { authTagLength: 16 });
    decipher.setAAD(managerAad(additionalAuthenticatedData, decoded.value.ciphertextMetadata));
    decipher.setAuthTag(authenticationTag);
    const plaintext = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    write(response, 200, { plaintext: plaintext.toString('base64') });
  } catch {
    respond(response, 'InvalidCiphertextException');
  }
}

/** @returns whether that was the whole answer */
function misbehave(habit: Misbehaviour, response: ServerResponse): boolean {
  switch (habit.kind) {
    case 'error':
      respond(response, habit.name);
      return true;
    case 'silent':
      return true;
    case 'reset':
      response.socket?.destroy();
      return true;
    case 'redirect':
      response.writeHead(307, { Location: 'https://127.0.0.1/elsewhere' }).end();
      return true;
    case 'html':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>welcome</html>');
      return true;
    case 'huge':
      response.writeHead(200, { 'Content-Type': 'application/json' });
      for (let chunk = 0; chunk < 200; chunk += 1) response.write(Buffer.alloc(1_024, 0x20));
      response.end('{}');
      return true;
    case 'json':
      write(response, habit.status, habit.body);
      return true;
    default:
      return false;
  }
}

function respond(response: ServerResponse, errorName: XksErrorName): void {
  const errorMessage = 'words of the proxy that nobody must see';
  response.writeHead(xksErrors[errorName], { 'Content-Type': 'application/json' });
  response.end(encodeXksError({ errorName, errorMessage }));
}

function write(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
