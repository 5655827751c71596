import { type Socket, createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { ChainedRecord } from '@keywarden/audit';
import type { RecordSink } from '@keywarden/audit-service';
import { syslogMessage } from './syslog-message';

/** The most a datagram carries; a longer record is cut, as syslog over UDP allows. */
const longestDatagram = 65_000;

/** Syslog over UDP: nobody learns whether a message arrived. */
export class SyslogDatagrams implements RecordSink {
  readonly name: string;
  readonly #socket: Socket;

  constructor(
    private readonly host: string,
    private readonly port: number,
  ) {
    this.name = `syslog ${host}:${port}`;
    this.#socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    this.#socket.on('error', () => undefined);
    this.#socket.unref();
  }

  async write(records: readonly ChainedRecord[]): Promise<void> {
    for (const record of records) {
      const message = syslogMessage(record).subarray(0, longestDatagram);
      await new Promise<void>((resolve, reject) =>
        this.#socket.send(message, this.port, this.host, (error) => (error ? reject(error) : resolve())),
      );
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}
