import { type EventDestination, type WrappedSecret, parseDestinationName } from '@keywarden/event-delivery';
import { instant } from '@keywarden/kernel';
import { corrupt } from './corrupt-row';
import { regionOf } from './key-row';

/** A row of `event_destinations`. */
export interface DestinationRow {
  readonly name: string;
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly created_at: number;
  readonly failing_since: number | null;
}

export const destinationColumns = 'name, kind, settings, created_at, failing_since';

/** @throws Error when the row holds something this release cannot read */
export function destinationOf({ name, kind, settings, created_at, failing_since }: DestinationRow): EventDestination {
  const common = {
    name: parseDestinationName(name) ?? corrupt('name'),
    createdAt: instant(created_at),
    ...(failing_since !== null && { failingSince: instant(failing_since) }),
  };
  const { url, secrets, stream, maxLength } = settings;
  if (kind === 'webhook' && typeof url === 'string' && Array.isArray(secrets)) {
    return { ...common, kind, url, secrets: secrets.map(secretOf) };
  }
  if (kind === 'redis-stream' && typeof stream === 'string' && typeof maxLength === 'number') {
    return { ...common, kind, stream, maxLength };
  }
  return corrupt('settings');
}

/** Of the kind, as JSON; wrapped secrets in base64. */
export function settingsOf(destination: EventDestination): string {
  if (destination.kind === 'redis-stream') {
    const { stream, maxLength } = destination;
    return JSON.stringify({ stream, maxLength });
  }
  const { url, secrets } = destination;
  const written = secrets.map(({ wrapped, region }) => ({ wrapped: Buffer.from(wrapped).toString('base64'), region }));
  return JSON.stringify({ url, secrets: written });
}

function secretOf(written: unknown): WrappedSecret {
  const { wrapped, region } = (written ?? {}) as { readonly wrapped?: unknown; readonly region?: unknown };
  if (typeof wrapped !== 'string' || typeof region !== 'string') return corrupt('secrets');
  return { wrapped: new Uint8Array(Buffer.from(wrapped, 'base64')), region: regionOf(region) };
}
