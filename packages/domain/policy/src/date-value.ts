const w3cPattern =
  /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?$/;
const epochPattern = /^-?[0-9]{1,13}(?:\.[0-9]{1,9})?$/;

/**
 * A point in time in milliseconds since the Unix epoch: one of the W3C forms of ISO 8601 (a date alone means its start
 * in UTC, a time needs a zone) or seconds since the epoch. Four digits are a year. Finer than a millisecond is cut off.
 *
 * @returns undefined for anything else
 * @see https://www.w3.org/TR/NOTE-datetime
 */
export function parseDateValue(text: string): number | undefined {
  const iso = w3cPattern.exec(text);
  if (iso === null) return epochPattern.test(text) ? Math.trunc(Number(text) * 1000) : undefined;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = iso;
  const date = calendarDate(Number(year), Number(month), Number(day));
  const offset = zoneOffset(zone);
  if (date === undefined || offset === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const time = (Number(hour) * 60 + Number(minute) - offset) * 60_000 + Number(second) * 1000;
  return date + time + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** The start of the day in UTC; undefined for 30 February and the like. */
function calendarDate(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/** Minutes east of UTC. */
function zoneOffset(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
