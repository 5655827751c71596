import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { type Server, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAnchors } from '@keywarden/audit';
import { FileAnchor, WebhookAnchor } from './index';

const anchor = (number: number) => ({ number, at: 1_767_225_600_000, hash: 'a'.repeat(64) });

describe('an anchor file', () => {
  it('grows by a line with each anchor, whoever wrote before', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keywarden-anchors-'));
    try {
      const path = join(folder, 'anchors');
      await new FileAnchor(path).send(anchor(1));
      await new FileAnchor(path).send(anchor(2));
      expect(readAnchors(await readFile(path, 'utf8'))).toEqual([anchor(1), anchor(2)]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('that cannot be written is a fault', async () => {
    await expect(new FileAnchor('/nowhere/at/all').send(anchor(1))).rejects.toThrow('ENOENT');
  });
});

describe('a receiver of anchors', () => {
  const received: string[] = [];
  let status = 204;
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => received.push(text));
      request.on('end', () => response.writeHead(status, { location: '/elsewhere' }).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  it('gets each as JSON', async () => {
    await new WebhookAnchor(url()).send(anchor(7));
    expect(received.map((text) => JSON.parse(text) as unknown)).toEqual([anchor(7)]);
  });

  it.each([500, 404, 302])('that answers %p has not taken it', async (given) => {
    status = given;
    await expect(new WebhookAnchor(url()).send(anchor(8))).rejects.toThrow();
  });
});
