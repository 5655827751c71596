import { Metrics } from './metrics';

const lines = async (metrics: Metrics, name: string): Promise<string[]> =>
  (await metrics.scrape()).text.split('\n').filter((line) => line.startsWith(name));

describe('Metrics', () => {
  let metrics: Metrics;
  beforeEach(() => {
    metrics = new Metrics();
  });

  it('shows a counter from the start, and what was added to it', async () => {
    const counter = metrics.counter({ name: 'drops_total', help: 'Drops.' });
    expect(await lines(metrics, 'drops_total')).toEqual(['drops_total 0']);
    counter.with({}).add();
    counter.with({}).add(2);
    expect(await lines(metrics, 'drops_total')).toEqual(['drops_total 3']);
  });

  it('keeps combinations of labels apart', async () => {
    const counter = metrics.counter({ name: 'hits_total', help: 'Hits.', labels: ['cache', 'result'] });
    counter.with({ cache: 'keys', result: 'hit' }).add(3);
    counter.with({ cache: 'keys', result: 'miss' }).add();
    expect(await lines(metrics, 'hits_total')).toEqual([
      'hits_total{cache="keys",result="hit"} 3',
      'hits_total{cache="keys",result="miss"} 1',
    ]);
  });

  it('counts everything beyond a thousand combinations together', async () => {
    const counter = metrics.counter({ name: 'guesses_total', help: 'Guesses.', labels: ['name'] });
    for (let index = 0; index < 1_500; index += 1) counter.with({ name: `n${index}` }).add();
    counter.with({ name: 'n7' }).add();
    const shown = await lines(metrics, 'guesses_total');
    expect(shown).toHaveLength(1_001);
    expect(shown).toContain('guesses_total{name="other"} 500');
    expect(shown).toContain('guesses_total{name="n7"} 2');
  });

  it('sorts observations into buckets', async () => {
    const histogram = metrics.histogram({ name: 'wait_seconds', help: 'Waits.', labels: ['lane'] }, [0.1, 1]);
    for (const value of [0.05, 0.5, 5]) histogram.with({ lane: 'a' }).observe(value);
    expect(await lines(metrics, 'wait_seconds')).toEqual([
      'wait_seconds_bucket{le="0.1",lane="a"} 1',
      'wait_seconds_bucket{le="1",lane="a"} 2',
      'wait_seconds_bucket{le="+Inf",lane="a"} 3',
      'wait_seconds_sum{lane="a"} 5.55',
      'wait_seconds_count{lane="a"} 3',
    ]);
  });

  it('asks for gauges and totals kept elsewhere at each scrape, at once or later', async () => {
    let length = 4;
    metrics.gauge({ name: 'queue', help: 'Queue.' }, () => length);
    metrics.gauge({ name: 'age', help: 'Age.', labels: ['of'] }, async () => [{ labels: { of: 'a' }, value: length }]);
    metrics.countedElsewhere({ name: 'seen_total', help: 'Seen.' }, () => length);
    expect(await lines(metrics, 'queue')).toEqual(['queue 4']);
    length = 6;
    expect(await lines(metrics, 'queue')).toEqual(['queue 6']);
    expect(await lines(metrics, 'age')).toEqual(['age{of="a"} 6']);
    expect(await lines(metrics, 'seen_total')).toEqual(['seen_total 6']);
  });

  it('shows nothing of a gauge that has nothing to say, nor what it said before', async () => {
    let said: number | undefined = 1;
    metrics.gauge({ name: 'oldest', help: 'Oldest.' }, () => said);
    metrics.gauge({ name: 'each', help: 'Each.', labels: ['of'] }, () =>
      said === undefined ? [] : [{ labels: { of: 'a' }, value: said }],
    );
    expect(await lines(metrics, 'oldest')).toEqual(['oldest 1']);
    said = undefined;
    expect(await lines(metrics, 'oldest')).toEqual([]);
    expect(await lines(metrics, 'each')).toEqual([]);
  });

  it('leaves out, and counts, what throws or does not come in time', async () => {
    jest.useFakeTimers();
    try {
      metrics.gauge({ name: 'good', help: 'Good.' }, () => 1);
      metrics.gauge({ name: 'throws', help: 'Throws.' }, () => {
        throw new Error('no');
      });
      metrics.gauge({ name: 'rejects', help: 'Rejects.' }, () => Promise.reject(new Error('no')));
      metrics.gauge({ name: 'hangs', help: 'Hangs.' }, () => new Promise<number>(() => undefined));
      const scrape = metrics.scrape();
      await jest.advanceTimersByTimeAsync(1_000);
      const shown = (await scrape).text.split('\n').filter((line) => /^(good|throws|rejects|hangs)/.test(line));
      expect(shown).toEqual(['good 1']);
      const again = metrics.scrape();
      await jest.advanceTimersByTimeAsync(1_000);
      expect((await again).text).toContain('keywarden_metric_read_failures_total{metric="hangs"} 1');
    } finally {
      jest.useRealTimers();
    }
  });

  it('looks once for all who ask at the same time', async () => {
    let looks = 0;
    metrics.gauge({ name: 'looks', help: 'Looks.' }, async () => (looks += 1));
    const [first, second] = await Promise.all([metrics.scrape(), metrics.scrape()]);
    expect(looks).toBe(1);
    expect(second).toBe(first);
    await metrics.scrape();
    expect(looks).toBe(2);
  });

  it('takes no name twice', () => {
    metrics.counter({ name: 'once_total', help: 'Once.' });
    expect(() => metrics.counter({ name: 'once_total', help: 'Twice.' })).toThrow('once_total');
  });

  it('tells of the process and the runtime when asked to', async () => {
    metrics.collectRuntime();
    const { contentType, text } = await metrics.scrape();
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds']) {
      expect(text).toMatch(new RegExp(`^${name} [0-9.e-]+$`, 'm'));
    }
  });
});
