import { hostname } from 'node:os';
import type { ChainedRecord } from '@keywarden/audit';

/** Facility 13 (log audit), severity 6 (informational). */
const priority = 13 * 8 + 6;
const nameless = '-';
const thisHost =
  hostname()
    .replaceAll(/[^\x21-\x7e]/g, '')
    .slice(0, 255) || nameless;

/**
 * One record as a syslog message: `keywarden` as its application, the event name as its message id, the record's JSON as
 * its text.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5424
 */
export function syslogMessage({ at, eventName, text }: ChainedRecord): Buffer {
  const messageId = eventName.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 32) || nameless;
  const head = `<${priority}>1 ${new Date(at).toISOString()} ${thisHost} keywarden ${process.pid} ${messageId} -`;
  return Buffer.from(`${head} ${text}`);
}

/** With its length before it, so that messages on one connection cannot run into each other. @see RFC 6587, 3.4.1 */
export function framed(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}
