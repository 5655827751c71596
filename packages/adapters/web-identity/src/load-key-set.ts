import { open } from 'node:fs/promises';
import type { KeySource } from './issuer-config';
import type { WebIdentityLimits } from './limits';

type Bounds = Pick<WebIdentityLimits, 'loadTimeoutMs' | 'maxKeySetBytes'>;

/** @throws Error when the document cannot be had within its bounds, or is no JSON */
export async function loadKeySet(source: KeySource, bounds: Bounds): Promise<unknown> {
  switch (source.kind) {
    case 'Inline':
      return source.jwks;
    case 'File':
      return parse(await readBounded(source.path, bounds));
    case 'Url':
      return parse(await fetchBounded(source.url, bounds));
  }
}

async function readBounded(path: string, { maxKeySetBytes }: Bounds): Promise<Buffer> {
  const file = await open(path);
  try {
    if (!(await file.stat()).isFile()) throw new Error('the key set is no file');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxKeySetBytes + 1), 0, maxKeySetBytes + 1, 0);
    if (bytesRead > maxKeySetBytes) throw new Error('the key set is too large');
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A redirect is an error: the configured URL is the one that is trusted. */
async function fetchBounded(url: string, { loadTimeoutMs, maxKeySetBytes }: Bounds): Promise<Buffer> {
  const response = await fetch(url, {
    redirect: 'error',
    credentials: 'omit',
    headers: { accept: 'application/jwk-set+json, application/json' },
    signal: AbortSignal.timeout(loadTimeoutMs),
  });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new Error(`the key set answers with status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body and closes the connection.
    if (size > maxKeySetBytes) throw new Error('the key set is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}
