import { DenialFloor, waitUntilInstant } from './denial-floor';

describe('the time of a denial', () => {
  it('is counted from the arrival of the request, not from the decision', async () => {
    const asked: number[] = [];
    const floor = new DenialFloor(20, async (instant) => void asked.push(instant));
    await floor.reached(1_000);
    await floor.reached(1_000);
    expect(asked).toEqual([1_020, 1_020]);
  });

  it.each([0.2, 7.7, 30])('is never before the floor, however soon the decision stands: %d ms left', async (left) => {
    const instant = performance.now() + left;
    await waitUntilInstant(instant);
    expect(performance.now()).toBeGreaterThanOrEqual(instant);
  });

  it('is not put off further when the floor is past', async () => {
    let timers = 0;
    const setTimer = jest.spyOn(globalThis, 'setTimeout').mockImplementation(() => {
      timers += 1;
      throw new Error('nothing to wait for');
    });
    await waitUntilInstant(performance.now() - 1);
    setTimer.mockRestore();
    expect(timers).toBe(0);
  });
});
