import { type Socket, connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ChainedRecord } from '@keywarden/audit';
import type { RecordSink } from '@keywarden/audit-service';
import { framed, syslogMessage } from './syslog-message';

const timeoutMs = 5_000;

export interface SyslogAddress {
  readonly host: string;
  readonly port: number;
  /** The certificate is checked for the name of the host. */
  readonly tls: boolean;
}

/** Syslog over TCP or TLS, one connection that is opened again when it was lost. */
export class SyslogStream implements RecordSink {
  readonly name: string;
  #socket: Socket | undefined;

  constructor(private readonly address: SyslogAddress) {
    this.name = `syslog ${address.host}:${address.port}`;
  }

  /** Syslog has no answer: what was handed to the connection counts as written. */
  async write(records: readonly ChainedRecord[]): Promise<void> {
    const socket = this.#socket?.writable === true ? this.#socket : await this.#open();
    const bytes = Buffer.concat(records.map((record) => framed(syslogMessage(record))));
    try {
      await within(socket, (done) => socket.write(bytes, done));
    } catch (fault) {
      socket.destroy();
      throw fault;
    }
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #open(): Promise<Socket> {
    const { host, port, tls } = this.address;
    const socket = tls ? connectTls({ host, port, servername: host }) : connect({ host, port });
    // A connection that breaks between two batches is opened again by the next one.
    socket.on('error', () => undefined);
    try {
      await within(socket, (done) => {
        socket.once(tls ? 'secureConnect' : 'connect', () => done());
        socket.once('error', done);
      });
    } catch (fault) {
      socket.destroy();
      throw fault;
    }
    this.#socket = socket;
    return socket;
  }
}

/** @throws Error of the socket, or when it takes longer than five seconds */
async function within(socket: Socket, start: (done: (error?: Error | null) => void) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the syslog receiver is too slow')), timeoutMs);
      socket.once('close', () => reject(new Error('the syslog receiver closed the connection')));
      start((error) => (error ? reject(error) : resolve()));
    });
  } finally {
    clearTimeout(timer);
  }
}
