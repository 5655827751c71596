import { compile } from '@keywarden/aws-json';
import type { StoreCall, StoreFailureCause, StoreInUse, XksBacking } from '@keywarden/custom-key-stores';
import { type Clock, type Result, accept, refuse } from '@keywarden/kernel';
import { signRequest } from '@keywarden/sigv4';
import {
  type XksAnswer,
  type XksOperation,
  type XksRequest,
  parseXksError,
  xksContentType,
  xksOperations,
  xksPath,
  xksSigningName,
} from '@keywarden/xks-protocol';
import type { ProxyTransport } from './proxy-transport';

const codecs = {
  GetHealthStatus: codecsOf('GetHealthStatus'),
  GetKeyMetadata: codecsOf('GetKeyMetadata'),
  Encrypt: codecsOf('Encrypt'),
  Decrypt: codecsOf('Decrypt'),
} as const;

function codecsOf<O extends XksOperation>(operation: O) {
  const { input, output } = xksOperations[operation];
  return { input: compile(input), output: compile(output) };
}

/** What a proxy is told of the call behind a call. */
export function metadataOf(call: StoreCall) {
  return {
    awsPrincipalArn: call.caller ?? 'AWS Internal',
    kmsOperation: call.operation,
    kmsRequestId: call.requestId,
  };
}

/** One operation of one proxy: signed, sent, and its answer checked against the shape of the API. */
export class ProxyClient {
  constructor(
    private readonly transport: ProxyTransport,
    private readonly clock: Clock,
  ) {}

  async call<O extends XksOperation>(
    { store, secret }: StoreInUse,
    backing: XksBacking,
    operation: O,
    externalKeyId: string | undefined,
    input: XksRequest<O>,
  ): Promise<Result<XksAnswer<O>, StoreFailureCause>> {
    // Each codec takes the bodies of its own operation; the compiler cannot follow that through the index.
    const codec = codecs[operation] as unknown as {
      readonly input: { encode(value: XksRequest<O>): Uint8Array };
      readonly output: { decode(body: Uint8Array): Result<XksAnswer<O>, unknown> };
    };
    const body = codec.input.encode(input);
    const path = xksPath(backing.uriPath, operation, externalKeyId);
    // Only Host and X-Amz-Date are signed besides the body: what else is sent is added afterwards.
    const headers = signRequest({
      method: 'POST',
      url: `${backing.uriEndpoint}${path}`,
      headers: [],
      body,
      credentials: { accessKeyId: backing.accessKeyId, secretAccessKey: secret },
      region: store.region,
      service: xksSigningName,
      now: this.clock.now(),
    });
    const sent = await this.transport.send({ path, headers: [...headers, ['Content-Type', xksContentType]], body });
    if (!sent.ok) return sent;
    const { status, body: answer } = sent.value;
    if (status !== 200) return refuse(parseXksError(status, answer) ?? 'Malformed');
    const decoded = codec.output.decode(answer);
    return decoded.ok ? accept(decoded.value) : refuse('Malformed');
  }
}
