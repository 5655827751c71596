import { type Instant, type Result, accept, instant, refuse } from '@keywarden/kernel';
import type { SigV4Refusal } from './refusal';

const basicPattern = /^([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z$/;
const imfPattern =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `YYYYMMDDTHHMMSSZ`; fractions of a second are cut off. */
export function formatBasic(at: Instant): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

let latest: { readonly text: string; readonly at: Instant } | undefined;

/** The same for a text that was read just before: requests come many to a second. */
function parseBasicAgain(text: string): Instant | undefined {
  if (latest?.text === text) return latest.at;
  const at = parseBasic(text);
  if (at !== undefined) latest = { text, at };
  return at;
}

/** An ISO 8601 basic time, or undefined for anything else, dates that do not exist included. */
export function parseBasic(text: string): Instant | undefined {
  const parts = basicPattern.exec(text);
  if (parts === null) return undefined;
  return existing([
    number(parts[1]),
    number(parts[2]),
    number(parts[3]),
    number(parts[4]),
    number(parts[5]),
    number(parts[6]),
  ]);
}

/** The preferred date form of HTTP, for example `Sun, 06 Nov 1994 08:49:37 GMT`. */
function parseImf(text: string): Instant | undefined {
  const parts = imfPattern.exec(text);
  if (parts === null) return undefined;
  const month = months.indexOf(parts[2] ?? '') + 1;
  const at = existing([
    number(parts[3]),
    month,
    number(parts[1]),
    number(parts[4]),
    number(parts[5]),
    number(parts[6]),
  ]);
  return at !== undefined && new Date(at).toUTCString() === text ? at : undefined;
}

const number = (digits: string | undefined): number => Number(digits ?? Number.NaN);

type Fields = [year: number, month: number, day: number, hour: number, minute: number, second: number];

/** Undefined unless every field is in its range, so that no date rolls over into the next month. */
function existing([year, month, day, hour, minute, second]: Fields): Instant | undefined {
  if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return at.getUTCDate() === day ? instant(at.getTime()) : undefined;
}

export interface RequestTime {
  readonly at: Instant;
  /** The same as `YYYYMMDDTHHMMSSZ`, the form the string to sign has it in. */
  readonly basic: string;
}

/**
 * The time a request says it was signed at: X-Amz-Date in ISO 8601 basic form, else Date in that form or the one of HTTP.
 * A malformed X-Amz-Date is not made good by a Date header.
 *
 * @returns undefined when the request has neither header
 */
export function requestTime(
  amzDate: string | undefined,
  date: string | undefined,
): Result<RequestTime, SigV4Refusal> | undefined {
  const given = amzDate ?? date;
  if (given === undefined || given === '') return undefined;
  const basic = parseBasicAgain(given);
  if (basic !== undefined) return accept({ at: basic, basic: given });
  const at = amzDate === undefined ? parseImf(given) : undefined;
  return at === undefined ? refuse({ code: 'DateMalformed', given }) : accept({ at, basic: formatBasic(at) });
}

/**
 * Whether a signature made at `signedAt` counts now. Both ends of the window are inside; parts of a second do not count,
 * because the request's own time has none.
 */
export function checkWindow(signedAt: Instant, now: Instant, windowInMinutes: number): SigV4Refusal | undefined {
  const ageInSeconds = Math.floor(now / 1000) - Math.floor(signedAt / 1000);
  if (ageInSeconds > windowInMinutes * 60) return { code: 'SignatureExpired', signedAt, now, windowInMinutes };
  if (ageInSeconds < -windowInMinutes * 60) return { code: 'SignatureNotYetCurrent', signedAt, now, windowInMinutes };
  return undefined;
}
