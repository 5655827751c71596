import { cpuSeconds, memoryOf, parseCpuTime } from './process-usage';

describe('the usage of a process', () => {
  it('grows with the work it does', () => {
    const before = cpuSeconds([process.pid]);
    const until = process.cpuUsage().user + 200_000;
    while (process.cpuUsage().user < until) Math.sqrt(until);
    expect(cpuSeconds([process.pid]) - before).toBeGreaterThan(0.1);
  });

  it('tells the memory it holds', () => {
    const { residentMiB } = memoryOf([process.pid]);
    expect(residentMiB / (process.memoryUsage.rss() / 1_048_576)).toBeCloseTo(1, 0);
  });

  it('is read from ps where there is no /proc', () => {
    expect(['00:01:02', '3:04.5', '1-00:00:01'].map(parseCpuTime)).toEqual([62, 184.5, 86_401]);
  });
});
