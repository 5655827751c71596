import type { Keywarden } from './start-keywarden';

/** What a service told a scraper. */
export interface Scraped {
  readonly origin: string;
  readonly text: string;
  /** The sum over all series of this name whose labels include these. */
  value(this: void, name: string, labels: Readonly<Record<string, string>>): number;
}

/** Scrapes a service that was started with `KEYWARDEN_METRICS_PORT=0` and a log level of `info` or below. */
export async function scrapeOf(service: Keywarden): Promise<Scraped> {
  const line = service
    .output()
    .split('\n')
    .find((text) => text.includes('"message":"metrics are served"'));
  const { port } = JSON.parse(line ?? '{}') as { readonly port: number };
  const origin = `http://127.0.0.1:${port}`;
  const text = await (await fetch(`${origin}/metrics`)).text();
  return {
    origin,
    text,
    value: (name, labels) =>
      text
        .split('\n')
        .filter((series) => series.startsWith(`${name} `) || series.startsWith(`${name}{`))
        .filter((series) => Object.entries(labels).every(([label, value]) => series.includes(`${label}="${value}"`)))
        .reduce((sum, series) => sum + Number(series.slice(series.lastIndexOf(' ') + 1)), 0),
  };
}
