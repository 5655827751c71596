import { chmod, lstat, unlink } from 'node:fs/promises';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { RootKeyProviderError } from '../local/provider-error';

/** Bounds of one conversation: one line there, one line back. */
const longestLine = 1_024;
const longestTalkMs = 10_000;
const mostTalks = 8;

/**
 * Answers one line with one line on a socket that its owner alone can reach.
 *
 * @param answer must not reject
 * @throws RootKeyProviderError when another process answers there, or none can be made
 * @returns ends it and removes the socket
 */
export async function serveLocalSocket(
  path: string,
  answer: (line: Buffer) => Promise<string>,
): Promise<() => Promise<void>> {
  await removeStale(path);
  const talks = new Set<Socket>();
  const server = createServer((socket) => {
    talks.add(socket);
    socket.once('close', () => talks.delete(socket));
    void talk(socket, answer);
  });
  server.maxConnections = mostTalks;
  await listen(server, path).catch((cause: NodeJS.ErrnoException) => {
    throw new RootKeyProviderError(`the socket ${path} cannot be made (${cause.code ?? 'unknown error'})`, { cause });
  });
  await chmod(path, 0o600);
  return () =>
    new Promise<void>((done) => {
      server.close(() => done());
      for (const socket of talks) socket.destroy();
    });
}

/** The mask makes the socket private from its first moment; `listen` binds before it returns. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    const mask = process.umask(0o177);
    try {
      server.listen(path, done);
    } finally {
      process.umask(mask);
    }
  });
}

async function removeStale(path: string): Promise<void> {
  const answered = await new Promise<boolean>((done) => {
    const probe = connect(path, () => done(true));
    probe.once('error', () => done(false));
    probe.once('connect', () => probe.destroy());
  });
  if (answered) throw new RootKeyProviderError(`another process is being unsealed on the socket ${path}`);
  const status = await lstat(path).catch(() => undefined);
  if (status === undefined) return;
  if (!status.isSocket()) throw new RootKeyProviderError(`the socket ${path} cannot be made: there is a file`);
  await unlink(path);
}

async function talk(socket: Socket, answer: (line: Buffer) => Promise<string>): Promise<void> {
  socket.setTimeout(longestTalkMs, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  const line = await readLine(socket);
  if (line === undefined) return void socket.destroy();
  const reply = await answer(line);
  line.fill(0);
  socket.end(`${reply}\n`);
}

/** @returns undefined when the line is too long, or the other side ended without one */
function readLine(socket: Socket): Promise<Buffer | undefined> {
  return new Promise((done) => {
    const held = Buffer.alloc(longestLine);
    let length = 0;
    socket.on('data', (chunk: Buffer) => {
      const room = chunk.copy(held, length);
      chunk.fill(0);
      if (room < chunk.length) return done(undefined);
      length += room;
      const end = held.subarray(0, length).indexOf(0x0a);
      if (end !== -1) done(held.subarray(0, end));
    });
    socket.once('close', () => done(undefined));
  });
}

/**
 * Sends one line and waits for the answer.
 *
 * @throws RootKeyProviderError when nobody answers in time
 */
export function askLocalSocket(path: string, line: Uint8Array): Promise<string> {
  return new Promise((done, failed) => {
    const nobody = (cause?: Error): void =>
      failed(new RootKeyProviderError(`no sealed process answers on the socket ${path}`, { cause }));
    let reply = '';
    const socket = connect(path);
    socket.setTimeout(longestTalkMs, () => socket.destroy());
    socket.setEncoding('utf8');
    socket.on('error', nobody);
    socket.on('data', (text: string) => {
      reply = (reply + text).slice(0, longestLine);
    });
    socket.once('close', () => (reply.endsWith('\n') ? done(reply.trimEnd()) : nobody()));
    socket.write(Buffer.concat([line, Buffer.from('\n')]));
  });
}
