import { SecretBytes } from '@keywarden/kernel';
import { errorFields } from './error-fields';

describe('errorFields', () => {
  it('names the error, its code, its message and where it was thrown', () => {
    const error = Object.assign(new RangeError('port out of range'), { code: 'ERR_PORT' });
    expect(errorFields(error)).toMatchObject({
      errorName: 'RangeError',
      errorCode: 'ERR_PORT',
      errorMessage: 'port out of range',
      errorStack: expect.stringContaining('error-fields.test.ts') as string,
      errorCauses: undefined,
    });
  });

  it('lists the chain of causes in order', () => {
    const socket = Object.assign(new Error('connection reset'), { code: 'ECONNRESET' });
    const error = new Error('commit failed', { cause: new TypeError('query failed', { cause: socket }) });
    expect(errorFields(error)['errorCauses']).toBe('TypeError: query failed\nError (ECONNRESET): connection reset');
  });

  it('ends a chain that is very long or turns back on itself', () => {
    let deep = new Error('0');
    for (let level = 1; level < 50; level += 1) deep = new Error(String(level), { cause: deep });
    expect(String(errorFields(deep)['errorCauses']).split('\n')).toHaveLength(5);

    const loop = new Error('a');
    loop.cause = new Error('b', { cause: loop });
    expect(errorFields(loop)['errorCauses']).toBe('Error: b');
  });

  it('bounds what a huge message or stack adds to a line', () => {
    const error = new Error('m'.repeat(1_000_000), { cause: new Error('c'.repeat(1_000_000)) });
    expect(JSON.stringify(errorFields(error)).length).toBeLessThan(20_000);
  });

  it('leaves out what drivers attach to their errors', () => {
    const error = Object.assign(new Error('duplicate'), { detail: 'Key (secret)=(horse)', parameters: ['horse'] });
    expect(JSON.stringify(errorFields(error))).not.toContain('horse');
  });

  it('shows no secret that was thrown, put into a message or kept as a cause', () => {
    const secret = SecretBytes.copyOf(new TextEncoder().encode('horse'));
    const shown = [
      errorFields(secret),
      errorFields(new Error(`bad ${String(secret)}`, { cause: secret })),
      errorFields({ secret, text: 'horse' }),
    ];
    expect(JSON.stringify(shown)).toContain('[secret]');
    expect(JSON.stringify(shown)).not.toMatch(/horse|104/);
  });

  it.each([
    ['a string', 'lost', 'lost'],
    ['undefined', undefined, '[undefined]'],
    ['null', null, '[null]'],
    ['an object', { password: 'x' }, '[object]'],
  ])('describes %s that was thrown', (_what, thrown, message) => {
    expect(errorFields(thrown)).toEqual({ errorName: 'NotAnError', errorMessage: message });
  });

  it('survives an error whose properties throw', () => {
    const hostile = new Error('x');
    for (const name of ['name', 'message', 'stack', 'cause', 'code']) {
      Object.defineProperty(hostile, name, {
        get: () => {
          throw new Error('trap');
        },
      });
    }
    expect(() => errorFields(hostile)).not.toThrow();
  });
});
