import { request } from 'node:http';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { SecretBytes, instant } from '@keywarden/kernel';
import { signRequest } from '@keywarden/sigv4';
import { account, aService } from './testing/a-service';

/** A load balancer calls from 127.0.0.2; whoever calls from 127.0.0.1 is none. */
const service = aService({
  environment: { KEYWARDEN_TRUSTED_PROXIES: '127.0.0.2/32', KEYWARDEN_ADDRESS_FAILURES: '2' },
});
const [proxy, stranger] = ['127.0.0.2', '127.0.0.1'];
const forged = { accessKeyId: 'AKIASTRANGER00000000', secretAccessKey: 'a-secret-that-nobody-was-given-0123456789' };

interface Call {
  readonly from: string;
  readonly forwardedFor?: string;
  readonly operation?: string;
  readonly body?: object;
  readonly credentials?: typeof forged;
}

async function call({ from, forwardedFor, operation = 'ListKeys', body = {}, credentials }: Call) {
  const { endpoint, region, credentials: own } = service.running;
  const { accessKeyId, secretAccessKey } = credentials ?? own;
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const cloudTrail = operation === 'LookupEvents';
  const target = cloudTrail ? 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101' : 'TrentService';
  const headers = signRequest({
    method: 'POST',
    url: `${endpoint}/`,
    headers: [
      ['Content-Type', 'application/x-amz-json-1.1'],
      ['X-Amz-Target', `${target}.${operation}`],
    ],
    body: bytes,
    credentials: { accessKeyId, secretAccessKey: SecretBytes.copyOf(new TextEncoder().encode(secretAccessKey)) },
    region,
    service: cloudTrail ? 'cloudtrail' : 'kms',
    now: instant(Date.now()),
  });
  // What a proxy adds is not signed.
  const sent = [...headers, ...(forwardedFor === undefined ? [] : [['X-Forwarded-For', forwardedFor] as const])];
  return new Promise<{ readonly status: number; readonly text: string; readonly id: string }>((resolve, reject) => {
    const asked = request(endpoint, { method: 'POST', localAddress: from, agent: false }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () => {
        const id = String(answer.headers['x-amzn-requestid']);
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString(), id });
      });
    });
    for (const [name, value] of sent) asked.setHeader(name, value);
    asked.on('error', reject);
    asked.end(bytes);
  });
}

/** What the audit trail says the request came from. */
async function recordedAddress(requestId: string): Promise<unknown> {
  const { text } = await call({ from: stranger, operation: 'LookupEvents', body: { MaxResults: 50 } });
  const { Events } = JSON.parse(text) as { readonly Events: readonly { readonly CloudTrailEvent: string }[] };
  const records = Events.map((event) => JSON.parse(event.CloudTrailEvent) as Record<string, unknown>);
  return records.find(({ requestID }) => requestID === requestId)?.['sourceIPAddress'];
}

describe('the audit trail', () => {
  it('names the client that a trusted proxy calls for, not what the client says before it', async () => {
    const { status, id } = await call({ from: proxy, forwardedFor: '198.51.100.1, 203.0.113.5' });
    expect(status).toBe(200);
    expect(await recordedAddress(id)).toBe('203.0.113.5');
  });

  it('names the connection of who is no trusted proxy, whatever they say', async () => {
    const { status, id } = await call({ from: stranger, forwardedFor: '203.0.113.5' });
    expect(status).toBe(200);
    expect(await recordedAddress(id)).toBe('127.0.0.1');
  });
});

describe('a key policy that asks for an address', () => {
  it('lets through who really calls from there', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
        {
          ...{ Effect: 'Deny', Principal: '*', Action: 'kms:GenerateDataKey', Resource: '*' },
          Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
        },
      ],
    };
    const created = await service
      .client()
      .send(new CreateKeyCommand({ Policy: JSON.stringify(policy), BypassPolicyLockoutSafetyCheck: true }));
    const asking = { operation: 'GenerateDataKey', body: { KeyId: created.KeyMetadata?.KeyId, KeySpec: 'AES_256' } };
    const status = async (how: Call) => (await call({ ...asking, ...how })).status;
    expect(await status({ from: proxy, forwardedFor: '203.0.113.5' })).toBe(200);
    expect(await status({ from: proxy, forwardedFor: '203.0.113.5, 198.51.100.1' })).toBe(400);
    expect(await status({ from: stranger, forwardedFor: '203.0.113.5' })).toBe(400);
    expect(await status({ from: proxy })).toBe(400);
  });
});

describe('limits by address', () => {
  it('turn away the client, and neither the proxy nor others behind it', async () => {
    const guess = (forwardedFor: string) => call({ from: proxy, forwardedFor, credentials: forged });
    const texts: string[] = [];
    for (let tries = 0; tries < 60; tries += 1) texts.push((await guess('203.0.113.66')).text);
    expect(texts.some((text) => text.includes('ThrottlingException'))).toBe(true);
    expect((await guess('203.0.113.67')).text).toContain('UnrecognizedClientException');
    // Another name for themselves is not looked at: they go on being turned away.
    const renamed: string[] = [];
    for (let tries = 0; tries < 30; tries += 1) renamed.push((await guess(`192.0.2.${tries}, 203.0.113.66`)).text);
    expect(renamed.some((text) => text.includes('ThrottlingException'))).toBe(true);
    expect((await call({ from: proxy, forwardedFor: '203.0.113.68' })).status).toBe(200);
  });
});

it('refuses what a trusted proxy passes on when it cannot tell for whom', async () => {
  for (const forwardedFor of ['unknown', '203.0.113.5,']) {
    expect((await call({ from: proxy, forwardedFor })).status).toBe(400);
  }
});
