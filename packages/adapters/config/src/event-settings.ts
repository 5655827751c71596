import * as v from 'valibot';
import { parseNetworks } from './networks';
import { parsedBy, wholeNumber } from './setting-kinds';

/** Of warnings, and of the delivery of events. */
export interface EventSettings {
  /** How many days before the expiry or deletion of something its event says so; most days first, none at all possible. */
  readonly warningDays: readonly number[];
  /** A delivery that has failed for so long is given up. */
  readonly giveUpHours: number;
  /** How long events, and deliveries that were given up, are kept. */
  readonly retentionDays: number;
  /** Networks in CIDR form that webhooks may reach by plain http, besides the machine itself. */
  readonly httpNetworks: readonly string[];
}

export const eventSettings = {
  KEYWARDEN_WARNING_DAYS: v.optional(
    parsedBy(parseWarningDays, 'must be none, or a comma list of at most 10 whole numbers from 1 to 365'),
    '30,7,1',
  ),
  KEYWARDEN_EVENT_GIVE_UP_HOURS: v.optional(wholeNumber(1, 720), '72'),
  KEYWARDEN_EVENT_RETENTION_DAYS: v.optional(wholeNumber(1, 365), '30'),
  KEYWARDEN_EVENT_HTTP_NETWORKS: v.optional(
    parsedBy(parseNetworks, 'must be a comma list of networks such as 10.1.0.0/16 or fd00::/8'),
  ),
};

type Values = v.InferOutput<v.ObjectSchema<typeof eventSettings, undefined>>;

export function eventSettingsOf(values: Values): EventSettings {
  return {
    warningDays: values.KEYWARDEN_WARNING_DAYS,
    giveUpHours: values.KEYWARDEN_EVENT_GIVE_UP_HOURS,
    retentionDays: values.KEYWARDEN_EVENT_RETENTION_DAYS,
    httpNetworks: values.KEYWARDEN_EVENT_HTTP_NETWORKS ?? [],
  };
}

function parseWarningDays(text: string): readonly number[] | undefined {
  if (text === 'none') return [];
  const counts = text.split(',').map((count) => count.trim());
  const sound = counts.length <= 10 && counts.every((count) => /^[1-9][0-9]{0,2}$/.test(count) && Number(count) <= 365);
  return sound ? [...new Set(counts.map(Number))].sort((left, right) => right - left) : undefined;
}
