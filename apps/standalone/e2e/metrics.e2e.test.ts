import { DescribeKeyCommand, EncryptCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { aKey } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { scrapeOf } from '@keywarden/harness';

/** The metrics listener takes a free port and says in the log which. */
const service = aService({ environment: { KEYWARDEN_METRICS_PORT: '0', KEYWARDEN_LOG_LEVEL: 'debug' } });
const scrape = () => scrapeOf(service.running);

interface LogLine {
  readonly message: string;
  readonly requestId?: string;
  readonly operation?: string;
  readonly errorType?: string;
}
/** The lines of the log that are wanted, once there is one: it comes on another way than the answer. */
async function logLines(wanted: (line: LogLine) => boolean): Promise<LogLine[]> {
  for (let round = 0; ; round += 1) {
    const lines = service.running
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as LogLine)
      .filter(wanted);
    if (lines.length > 0 || round === 100) return lines;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('metrics', () => {
  it('count requests by operation and outcome', async () => {
    const client = service.client();
    const { id } = await aKey(client);
    const before = await scrape();
    for (let round = 0; round < 3; round += 1) {
      await client.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('counted') }));
    }
    await expect(client.send(new DescribeKeyCommand({ KeyId: 'alias/none' }))).rejects.toThrow('alias/none');
    const after = await scrape();
    const grown = (name: string, labels: Record<string, string>): number =>
      after.value(name, labels) - before.value(name, labels);
    expect(grown('keywarden_requests_total', { operation: 'Encrypt', code: 'OK' })).toBe(3);
    expect(grown('keywarden_requests_total', { operation: 'DescribeKey', code: 'NotFoundException' })).toBe(1);
    expect(
      grown('keywarden_request_duration_seconds_count', { service: 'kms', operation: 'Encrypt', outcome: 'success' }),
    ).toBe(3);
    expect(grown('keywarden_request_duration_seconds_sum', { operation: 'Encrypt' })).toBeGreaterThan(0);
  });

  it('tell what was found in memory and what was not', async () => {
    const client = service.client();
    const { id } = await aKey(client);
    const encrypt = () => client.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('held') }));
    const grown = async (): Promise<number[]> => {
      const before = await scrape();
      await encrypt();
      await encrypt();
      const after = await scrape();
      const lookups = (cache: string, result: string): number =>
        after.value('keywarden_cache_lookups_total', { cache, result }) -
        before.value('keywarden_cache_lookups_total', { cache, result });
      return ['keys', 'credentials', 'materials'].flatMap((cache) => [lookups(cache, 'hit'), lookups(cache, 'miss')]);
    };
    const cold = await grown();
    expect(cold[1]).toBeGreaterThan(0);
    // The announcement of the new key may still be on its way, and drops what was read before it.
    let warm = cold;
    for (let round = 0; round < 50 && warm[1] !== 0; round += 1) warm = await grown();
    expect(warm).toEqual([2, 0, 2, 0, 2, 0]);
    expect((await scrape()).value('keywarden_cache_entries', { cache: 'keys' })).toBeGreaterThan(0);
  });

  it('name no operation that a caller made up', async () => {
    await service.wire('Invented', {});
    const { text, value } = await scrape();
    expect(text).not.toContain('Invented');
    expect(value('keywarden_requests_total', { operation: 'unknown' })).toBeGreaterThan(0);
  });

  it('count what the HTTP server refuses itself', async () => {
    const before = (await scrape()).value('keywarden_http_faults_total', { fault: 'ContentEncodingUnsupported' });
    const headers = { 'content-encoding': 'gzip' };
    const refused = await fetch(service.running.endpoint, { method: 'POST', headers, body: 'x' });
    expect(refused.status).toBe(415);
    const after = (await scrape()).value('keywarden_http_faults_total', { fault: 'ContentEncodingUnsupported' });
    expect(after - before).toBe(1);
  });

  it('tell of the pool, the feed, the scheduler and the build', async () => {
    const { value } = await scrape();
    expect(value('keywarden_database_connections', {})).toBeGreaterThan(0);
    expect(value('keywarden_change_feed_live', {})).toBe(1);
    expect(value('keywarden_cache_lease_remaining_seconds', {})).toBeGreaterThan(0);
    expect(value('keywarden_changes_settled_total', {})).toBeGreaterThan(0);
    expect(value('keywarden_scheduler_oldest_due_seconds', {})).toBe(0);
    expect(value('keywarden_build_info', { app: 'keywarden' })).toBe(1);
  });

  it('tell how long until a key is deleted', async () => {
    const client = service.client();
    const { id } = await aKey(client);
    await client.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
    const { value } = await scrape();
    const days = value('keywarden_key_deletion_days', { key_id: id, account, region: 'us-east-1' });
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThanOrEqual(7);
  });

  it('hold no caller, and no account or key but those of deadlines', async () => {
    const lines = (await scrape()).text.split('\n').filter((line) => !line.startsWith('keywarden_key_'));
    const values = [...lines.join('\n').matchAll(/="([^"]*)"/g)].map(([, value]) => value ?? '');
    expect(values.length).toBeGreaterThan(100);
    expect(values.filter((value) => /\d{12}|AKIA|arn:|[0-9a-f]{8}-[0-9a-f]{4}|127\.0/.test(value))).toEqual([]);
  });

  it('are not on the port of the API', async () => {
    const answer = await fetch(`${service.running.endpoint}/metrics`);
    expect(await answer.text()).not.toContain('keywarden_');
    expect(answer.ok).toBe(false);
  });

  it('stand beside health, and nothing else is there', async () => {
    const { origin } = await scrape();
    expect(await (await fetch(`${origin}/health/live`)).json()).toEqual({ status: 'live' });
    expect(await (await fetch(`${origin}/health/ready`)).json()).toEqual({ status: 'ready' });
    expect((await fetch(`${origin}/`)).status).toBe(404);
    expect((await fetch(`${origin}/metrics`, { method: 'POST', body: 'x' })).status).toBe(404);
  });
});

describe('the request id', () => {
  const idOf = ({ headers }: { readonly headers: Headers }): string => headers.get('x-amzn-requestid') ?? '';

  it('of each answer is that of its line in the log', async () => {
    const done = await service.wire('ListKeys', {});
    const refused = await service.wire('DescribeKey', { KeyId: 'alias/none' });
    const unknown = await service.wire('Invented', {});
    const lineOf = (id: string): Promise<LogLine[]> =>
      logLines(({ message, requestId }) => message === 'request' && requestId === id);
    expect(await lineOf(idOf(done))).toMatchObject([{ operation: 'ListKeys' }]);
    expect(await lineOf(idOf(refused))).toMatchObject([{ errorType: 'NotFoundException' }]);
    expect(await lineOf(idOf(unknown))).toMatchObject([{ errorType: 'UnknownOperationException' }]);
  });

  it('stands in refusals of the HTTP server, of IAM and in probes too', async () => {
    const { endpoint } = service.running;
    const encoded = await fetch(endpoint, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: 'x' });
    const unsigned = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=ListUsers&Version=2010-05-08',
    });
    const probe = await fetch(`${endpoint}/health/live`);
    const ids = [encoded, unsigned, probe].map(idOf);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    for (const id of ids) expect(await logLines(({ requestId }) => requestId === id)).not.toEqual([]);
  });
});
