import { createSocket } from 'node:dgram';
import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { type IncomingMessage, type Server as HttpServer, createServer as createHttpServer } from 'node:http';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChainedRecord, freshChain } from '@keywarden/audit';
import { JsonLinesFile } from './json-lines-file';
import { OtlpLogs } from './otlp-logs';
import { sinkOf } from './sink-of';
import { SyslogDatagrams } from './syslog-datagrams';
import { SyslogStream } from './syslog-stream';

const aRecord = (seq: number): ChainedRecord => ({
  ...freshChain('10000000-0000-4000-8000-000000000000'),
  seq,
  account: '111122223333' as ChainedRecord['account'],
  region: 'eu-central-1' as ChainedRecord['region'],
  at: Date.UTC(2026, 5, 1, 12, 0, seq) as ChainedRecord['at'],
  eventId: `20000000-0000-4000-8000-${String(seq).padStart(12, '0')}`,
  source: 'kms.amazonaws.com',
  eventName: 'Encrypt',
  userName: 'ålice',
  accessKeyId: '',
  readOnly: true,
  resources: [],
  text: `{"eventName":"Encrypt","n":${seq},"who":"ålice"}`,
});

const portOf = (server: { address(): AddressInfo | string | null }): number => (server.address() as AddressInfo).port;

async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

describe('a file of JSON lines', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keywarden-sink-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('gets a line for each record, for its owner alone, also after it was rotated away', async () => {
    const path = join(folder, 'audit.jsonl');
    const sink = new JsonLinesFile(path);
    await sink.write([aRecord(1), aRecord(2)]);
    await rename(path, `${path}.1`);
    await sink.write([aRecord(3)]);
    expect(await readFile(`${path}.1`, 'utf8')).toBe(`${aRecord(1).text}\n${aRecord(2).text}\n`);
    expect(await readFile(path, 'utf8')).toBe(`${aRecord(3).text}\n`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('that cannot be written is a fault', async () => {
    await expect(new JsonLinesFile(join(folder, 'none', 'a')).write([aRecord(1)])).rejects.toThrow('ENOENT');
  });
});

describe('syslog over TCP', () => {
  let server: Server;
  let received = '';
  const sockets: Socket[] = [];
  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.setEncoding('utf8').on('data', (text: string) => (received += text));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('frames each message by its length in bytes, and opens a lost connection again', async () => {
    const sink = new SyslogStream({ host: '127.0.0.1', port: portOf(server), tls: false });
    await sink.write([aRecord(1)]);
    await eventually(() => received.includes('"n":1'));
    const [, length, message] = /^(\d+) ([\s\S]*)$/.exec(received) ?? [];
    expect(Buffer.byteLength(message ?? '')).toBe(Number(length));
    expect(message).toMatch(/^<110>1 2026-06-01T12:00:01\.000Z \S+ keywarden \d+ Encrypt - \{"eventName":"Encrypt"/);
    sockets[0]?.destroy();
    await eventually(() => sockets[0]?.destroyed === true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await sink.write([aRecord(2)]);
    await eventually(() => received.includes('"n":2'));
    await sink.close();
  });

  it('that nobody answers is a fault', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const port = portOf(gone);
    await new Promise((resolve) => gone.close(resolve));
    await expect(new SyslogStream({ host: '127.0.0.1', port, tls: false }).write([aRecord(1)])).rejects.toThrow();
  });
});

it('syslog over UDP sends one datagram a record', async () => {
  const receiver = createSocket('udp4');
  const got: string[] = [];
  receiver.on('message', (message) => got.push(message.toString()));
  await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve));
  const sink = new SyslogDatagrams('127.0.0.1', portOf(receiver));
  await sink.write([aRecord(1), aRecord(2)]);
  await eventually(() => got.length === 2);
  expect(got[1]).toContain('"n":2');
  await sink.close();
  receiver.close();
});

describe('OpenTelemetry logs', () => {
  let server: HttpServer;
  let status = 200;
  const bodies: unknown[] = [];
  beforeAll(async () => {
    server = createHttpServer((request: IncomingMessage, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        bodies.push(JSON.parse(body));
        response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  it('carry the record as their body, and are written when the receiver says so', async () => {
    const sink = new OtlpLogs(`http://127.0.0.1:${portOf(server)}/v1/logs`);
    await sink.write([aRecord(1)]);
    expect(bodies[0]).toMatchObject({
      resourceLogs: [
        {
          scopeLogs: [
            { logRecords: [{ timeUnixNano: `${aRecord(1).at}000000`, body: { stringValue: aRecord(1).text } }] },
          ],
        },
      ],
    });
    for (status of [503, 302]) await expect(sink.write([aRecord(2)])).rejects.toThrow();
  });
});

describe('a sink by its address', () => {
  it.each([
    ['file:///var/log/keywarden/audit.jsonl', 'file /var/log/keywarden/audit.jsonl'],
    ['syslog+tcp://logs.example.com', 'syslog logs.example.com:601'],
    ['syslog+tls://logs.example.com:7000', 'syslog logs.example.com:7000'],
    ['syslog+udp://127.0.0.1', 'syslog 127.0.0.1:514'],
    ['otlp+https://collector.example.com:4318/v1/logs', 'otlp collector.example.com:4318'],
  ])('%s', async (url, name) => {
    const sink = sinkOf(url);
    expect(sink?.name).toBe(name);
    await sink?.close();
  });

  it.each(['', 'logs', 'http://x', 'file://host/x', 'syslog+tcp://', 'otlp+http://user:secret@x/v1/logs'])(
    'none is %j',
    (url) => expect(sinkOf(url)).toBeUndefined(),
  );
});
