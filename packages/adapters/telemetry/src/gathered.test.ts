import { Gathered } from './gathered';

describe('what was gathered', () => {
  it('is handed over once, when it is asked for', () => {
    const gathered = new Gathered();
    const [counted, observed]: [number[], number[]] = [[], []];
    const count = gathered.count((by) => counted.push(by));
    const observations = gathered.observations((value) => observed.push(value));
    count.add();
    count.add(2);
    for (const value of [3, 1]) observations.observe(value);
    expect([counted, observed]).toEqual([[], []]);
    gathered.flush();
    gathered.flush();
    count.add();
    gathered.flush();
    expect([counted, observed]).toEqual([
      [3, 1],
      [3, 1],
    ]);
  });

  it('is bounded: many observations are handed over by themselves', () => {
    const gathered = new Gathered();
    let [taken, sum] = [0, 0];
    const observations = gathered.observations((value) => ((taken += 1), (sum += value)));
    for (let value = 1; value <= 5_000; value += 1) observations.observe(value);
    expect(taken).toBeGreaterThan(3_000);
    gathered.flush();
    expect([taken, sum]).toEqual([5_000, 12_502_500]);
  });

  it('refuses at once what is no number, or would count down', () => {
    const gathered = new Gathered();
    const count = gathered.count(() => undefined);
    for (const by of [-1, NaN, Infinity]) expect(() => count.add(by)).toThrow(RangeError);
    const observations = gathered.observations(() => undefined);
    for (const value of [NaN, Infinity]) expect(() => observations.observe(value)).toThrow(RangeError);
  });
});
