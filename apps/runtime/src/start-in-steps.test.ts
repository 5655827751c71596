import { startInSteps } from './start-in-steps';

describe('a start in steps', () => {
  const started: string[] = [];
  const undone: string[] = [];
  const step = (undo: AsyncDisposableStack, name: string, undoing: () => void = () => undefined): void => {
    started.push(name);
    undo.defer(() => {
      undone.push(name);
      undoing();
    });
  };
  beforeEach(() => {
    started.length = 0;
    undone.length = 0;
  });

  it('is undone in the opposite order when it is closed, and not before', async () => {
    const running = await startInSteps((undo) => {
      step(undo, 'database');
      step(undo, 'server');
      return Promise.resolve({});
    });
    expect(undone).toEqual([]);
    await running.close();
    expect(undone).toEqual(['server', 'database']);
  });

  it('is undone as far as it came when a step fails, and fails with what that step said', async () => {
    const start = startInSteps((undo) => {
      step(undo, 'database', () => {
        throw new Error('the undoing fails too');
      });
      step(undo, 'server');
      return Promise.reject(new Error('the port is taken'));
    });
    await expect(start).rejects.toThrow('the port is taken');
    expect(undone).toEqual(['server', 'database']);
  });

  it('undoes everything although a part of it fails, and says so', async () => {
    const running = await startInSteps((undo) => {
      step(undo, 'database');
      step(undo, 'server', () => {
        throw new Error('the server hangs');
      });
      return Promise.resolve({});
    });
    await expect(running.close()).rejects.toThrow('the server hangs');
    expect(undone).toEqual(['server', 'database']);
  });

  it('hands on what was started', async () => {
    const running = await startInSteps(() => Promise.resolve({ port: 8080 }));
    expect(running.port).toBe(8080);
  });
});
