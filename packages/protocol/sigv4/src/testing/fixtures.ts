import { type Instant, SecretBytes, instant } from '@keywarden/kernel';
import { type RequestToSign, signRequest } from '../sign-request';
import type { HeaderPair, SignedRequest } from '../signed-request';
import { type SigV4VerifierOptions, SigV4Verifier, type Verification } from '../sigv4-verifier';
import type { CredentialAnswer } from '../signing-credential';

export const now: Instant = instant(Date.UTC(2026, 0, 1, 12, 0, 0));
export const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
export const secretText = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
export const secretOf = (text: string): SecretBytes => SecretBytes.copyOf(Buffer.from(text));
export const secretAccessKey = secretOf(secretText);

const text = JSON.stringify({
  KeyId: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  Plaintext: Buffer.alloc(64, 7).toString('base64'),
  EncryptionContext: { purpose: 'test', tenant: 'a quite ordinary tenant name' },
});

/** An Encrypt-like request of about 300 bytes of body, signed the way an SDK does. */
export function signedRequest(changes: Partial<RequestToSign> = {}): SignedRequest {
  const request: RequestToSign = {
    method: 'POST',
    url: 'http://kms.example.com:8080/',
    headers: [
      ['Content-Type', 'application/x-amz-json-1.1'],
      ['X-Amz-Target', 'TrentService.Encrypt'],
      ['amz-sdk-invocation-id', '4f7a0b4e-0d4e-4b34-9a3c-7d3b3b7c2f10'],
      ['amz-sdk-request', 'attempt=1; max=3'],
      ['X-Amz-User-Agent', 'aws-sdk-js/3.1164.0'],
      ['User-Agent', 'aws-sdk-js/3.1164.0 os/linux lang/js'],
      ['Content-Length', String(text.length)],
    ],
    body: Buffer.from(text),
    credentials: { accessKeyId, secretAccessKey },
    region: 'eu-central-1',
    service: 'kms',
    now,
    ...changes,
  };
  const { pathname, search } = new URL(request.url);
  return { method: request.method, target: pathname + search, headers: signRequest(request), body: request.body };
}

/** A verifier that knows one long-term access key, or whatever `answer` says of it. */
export function verifierOf(
  answer: CredentialAnswer<string> = { secretAccessKey, principal: 'alice' },
  options: Partial<SigV4VerifierOptions<string>> = {},
): { verify(request: SignedRequest, at?: Instant): Verification<string> } {
  const verifier = new SigV4Verifier<string>({
    regions: new Set(['eu-central-1']),
    services: new Set(['kms', 'sts']),
    credentials: { findSigningSecret: (id) => (id === accessKeyId ? answer : undefined) },
    ...options,
  });
  return {
    verify: (request, at = now) => {
      const result = verifier.verify(request, at);
      if (result instanceof Promise) throw new Error('expected an answer at once');
      return result;
    },
  };
}

/** The request with one header line changed, or removed when `change` answers undefined. */
export function withHeader(
  request: SignedRequest,
  name: string,
  change: (value: string) => string | undefined,
): SignedRequest {
  const headers = request.headers.flatMap(([given, value]): HeaderPair[] => {
    if (given.toLowerCase() !== name.toLowerCase()) return [[given, value]];
    const changed = change(value);
    return changed === undefined ? [] : [[given, changed]];
  });
  return { ...request, headers };
}

export function plusHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  return { ...request, headers: [...request.headers, [name, value]] };
}

export function headerOf(request: SignedRequest, name: string): string {
  const found = request.headers.find(([given]) => given.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new Error(`no header ${name}`);
  return found[1];
}
