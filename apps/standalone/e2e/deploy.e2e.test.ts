import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { aService } from './testing/a-service';
import { scrapeOf } from '@keywarden/harness';

const deploy = join(__dirname, '../../../deploy');
const service = aService({ environment: { KEYWARDEN_METRICS_PORT: '0' } });

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

const rules = async (): Promise<Rule[]> => {
  const text = await readFile(join(deploy, 'prometheus/keywarden-alerts.yml'), 'utf8');
  const { groups } = parse(text) as { groups: { name: string; rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
};

const dashboard = () => readFile(join(deploy, 'grafana/keywarden.json'), 'utf8');

/** Every expression of a dashboard, wherever it stands: targets of panels and queries of variables. */
function expressionsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    (name === 'expr' || name === 'query') && typeof inner === 'string' ? [inner] : expressionsIn(inner),
  );
}

/** Names of our metrics in an expression, those of a histogram without the ending of its series. */
const metricsIn = (expression: string): string[] =>
  [...expression.matchAll(/\b(?:keywarden|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  );

async function known(): Promise<Set<string>> {
  const { text } = await scrapeOf(service.running);
  return new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name ?? ''));
}

describe('the alert rules', () => {
  it('name only metrics that a running service shows', async () => {
    const shown = await known();
    const named = (await rules()).flatMap(({ expr }) => metricsIn(expr));
    expect(new Set(named).size).toBeGreaterThan(10);
    expect(named.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('are complete and differ in name', async () => {
    const all = await rules();
    expect(new Set(all.map(({ alert }) => alert)).size).toBe(all.length);
    for (const rule of all) {
      expect(rule).toMatchObject({
        alert: expect.stringMatching(/^Keywarden[A-Za-z]+$/) as string,
        expr: expect.any(String) as string,
        labels: { severity: expect.stringMatching(/^(critical|warning)$/) as string },
        annotations: { summary: expect.any(String) as string },
      });
      for (const [open, close] of ['()', '{}', '[]']) {
        expect([rule.alert, rule.expr.split(open ?? '').length]).toEqual([
          rule.alert,
          rule.expr.split(close ?? '').length,
        ]);
      }
    }
  });
});

describe('the dashboard', () => {
  it('names only metrics that a running service shows', async () => {
    const shown = await known();
    const named = expressionsIn(JSON.parse(await dashboard())).flatMap(metricsIn);
    expect(new Set(named).size).toBeGreaterThan(20);
    expect(named.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('has panels with an id and a place of their own', async () => {
    const { panels } = JSON.parse(await dashboard()) as {
      panels: { id: number; gridPos: { x: number; y: number; w: number } }[];
    };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x}/${y}`)).size).toBe(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});

describe('the systemd units', () => {
  it.each(['api', 'scheduler'])('start what is there and name settings that are known: %s', async (app) => {
    const unit = await readFile(join(deploy, `systemd/keywarden-${app}.service`), 'utf8');
    expect(unit).toContain(`ExecStart=/opt/keywarden/node_modules/.bin/node apps/${app}/dist/main.js\n`);
    const { settingNames } = await import('@keywarden/config');
    const named = [...unit.matchAll(/KEYWARDEN_[A-Z_]+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !settingNames.some((known) => known === name))).toEqual([]);
  });
});
