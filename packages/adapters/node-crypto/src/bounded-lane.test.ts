import { BoundedLane, CryptoBusyError } from './bounded-lane';

interface Held {
  readonly task: () => Promise<string>;
  release(): void;
  readonly started: () => boolean;
}

function held(name: string): Held {
  let release = (): void => undefined;
  let started = false;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const task = async (): Promise<string> => {
    started = true;
    await gate;
    return name;
  };
  return { task, release: () => release(), started: () => started };
}

describe('a bounded lane', () => {
  it('runs as many as it may, and the others in the order they came', async () => {
    const lane = new BoundedLane({ concurrency: 1, maxQueued: 2, maxWaitMs: 1_000 });
    const [first, second, third] = [held('1'), held('2'), held('3')];
    const answers = [first, second, third].map(({ task }) => lane.run(task));
    await Promise.resolve();
    expect([first, second, third].map(({ started }) => started())).toEqual([true, false, false]);
    first.release();
    await answers[0];
    expect([second, third].map(({ started }) => started())).toEqual([true, false]);
    second.release();
    third.release();
    expect(await Promise.all(answers)).toEqual(['1', '2', '3']);
  });

  it('refuses more than may wait', async () => {
    const lane = new BoundedLane({ concurrency: 1, maxQueued: 1, maxWaitMs: 1_000 });
    const running = held('1');
    const answers = [lane.run(running.task), lane.run(() => Promise.resolve('2'))];
    await expect(lane.run(() => Promise.resolve('3'))).rejects.toThrow(CryptoBusyError);
    expect(lane.state).toEqual({ running: 1, waiting: 1, refused: 1 });
    running.release();
    expect(await Promise.all(answers)).toEqual(['1', '2']);
  });

  it('refuses what waited too long, and goes on', async () => {
    const lane = new BoundedLane({ concurrency: 1, maxQueued: 1, maxWaitMs: 20 });
    const running = held('1');
    const first = lane.run(running.task);
    const late = held('2');
    await expect(lane.run(late.task)).rejects.toThrow('longer than 20 ms');
    expect(late.started()).toBe(false);
    running.release();
    await first;
    expect(await lane.run(() => Promise.resolve('3'))).toBe('3');
  });

  it('keeps its places when tasks fail', async () => {
    const lane = new BoundedLane({ concurrency: 1, maxQueued: 1, maxWaitMs: 1_000 });
    for (let index = 0; index < 3; index += 1) {
      await expect(lane.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    }
    expect(await lane.run(() => Promise.resolve('still here'))).toBe('still here');
  });
});
