import { Deadlines, type Expiring } from './deadlines';

describe('Deadlines', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const told: string[] = [];
  const one = (name: string): Expiring => ({ expire: () => void told.push(`${name} at ${performance.now() - from}`) });
  let from = 0;
  let deadlines: Deadlines;
  beforeEach(() => {
    told.length = 0;
    from = performance.now();
    deadlines = new Deadlines(100);
  });

  it('tells each when its own time is up', () => {
    deadlines.begin(one('first'));
    jest.advanceTimersByTime(30);
    deadlines.begin(one('second'));
    deadlines.begin(one('third'));
    jest.advanceTimersByTime(50);
    deadlines.begin(one('fourth'));
    jest.advanceTimersByTime(1_000);
    expect(told).toEqual(['first at 100', 'second at 130', 'third at 130', 'fourth at 180']);
  });

  it('does not tell those who have ended, and still tells those after them', () => {
    const ended = one('ended');
    deadlines.begin(ended);
    jest.advanceTimersByTime(60);
    deadlines.begin(one('late'));
    deadlines.end(ended);
    jest.advanceTimersByTime(1_000);
    expect(told).toEqual(['late at 160']);
  });

  it('goes on after all have ended', () => {
    const ended = one('ended');
    deadlines.begin(ended);
    deadlines.end(ended);
    jest.advanceTimersByTime(500);
    expect(jest.getTimerCount()).toBe(0);
    deadlines.begin(one('next'));
    jest.advanceTimersByTime(1_000);
    expect(told).toEqual(['next at 600']);
  });

  it('has one timer for all', () => {
    for (let count = 0; count < 1_000; count += 1) deadlines.begin(one(String(count)));
    expect(jest.getTimerCount()).toBe(1);
  });

  it('tells nobody once it is closed', () => {
    deadlines.begin(one('left'));
    deadlines.close();
    jest.advanceTimersByTime(1_000);
    expect([told, jest.getTimerCount()]).toEqual([[], 0]);
  });
});
