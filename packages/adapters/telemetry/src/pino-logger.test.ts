import { SecretBytes } from '@keywarden/kernel';
import type { LogFields } from './logger';
import { parseLogLevel } from './logger';
import { createLogger, silentLogger } from './pino-logger';

function recorded(level: 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'debug') {
  const lines: string[] = [];
  const logger = createLogger({ level, destination: { write: (line) => void lines.push(line) } });
  const parsed = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines, parsed, logger };
}

describe('createLogger', () => {
  it('writes one JSON line with level, time, message and the fields', () => {
    const { lines, parsed, logger } = recorded();
    logger.info({ port: 8080, tls: false, host: '127.0.0.1', absent: undefined }, 'listening');
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    expect(parsed()).toEqual([
      {
        level: 'info',
        time: expect.any(String) as string,
        message: 'listening',
        port: 8080,
        tls: false,
        host: '127.0.0.1',
      },
    ]);
    expect(new Date(parsed()[0]?.['time'] as string).toISOString()).toBe(parsed()[0]?.['time']);
  });

  it.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['silent', 0],
  ] as const)('at level %s writes %i of the four levels', (level, count) => {
    const { lines, logger } = recorded(level);
    for (const name of ['debug', 'info', 'warn', 'error'] as const) logger[name]({}, 'said');
    expect(lines).toHaveLength(count);
  });

  it('repeats the fields of a child logger in each of its lines', () => {
    const { parsed, logger } = recorded();
    const child = logger.child({ component: 'http' }).child({ requestId: 'r-1' });
    child.warn({ status: 503 }, 'overloaded');
    expect(parsed()[0]).toMatchObject({ component: 'http', requestId: 'r-1', status: 503, level: 'warn' });
  });

  it('keeps a line break in a value inside its line', () => {
    const { lines, parsed, logger } = recorded();
    logger.info({ path: '/a\n{"level":"error"}' }, 'asked');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
    expect(parsed()[0]?.['path']).toBe('/a\n{"level":"error"}');
  });

  it('does not take % in a message for a placeholder', () => {
    const { parsed, logger } = recorded();
    logger.info({ a: 1 }, 'cache 90%s full, 5%% %o');
    expect(parsed()[0]?.['message']).toBe('cache 90%s full, 5%% %o');
  });

  it.each(['level', 'time', 'message', '__proto__'])('lets no field named %s stand in for its own', (name) => {
    const { lines, parsed, logger } = recorded();
    logger.info(Object.fromEntries([[name, 'forged']]), 'real');
    expect(parsed()[0]).toMatchObject({ level: 'info', message: 'real', [`field_${name}`]: 'forged' });
    expect(lines[0]?.split(`"${name}":`).length).toBe(name === '__proto__' ? 1 : 2);
  });

  it('does not read fields named like those of a request as one', () => {
    const { parsed, logger } = recorded();
    logger.info({ method: 'POST', headers: 'h', socket: 's' }, 'odd');
    expect(parsed()[0]).toMatchObject({ method: 'POST', headers: 'h', field_socket: 's' });
  });

  it('cuts a text that is too long', () => {
    const { lines, logger } = recorded();
    logger.info({ long: 'x'.repeat(1_000_000) }, 'long');
    expect(lines[0]?.length).toBeLessThan(10_000);
    expect(lines[0]).toContain('more)');
  });
});

describe('secrets in log fields', () => {
  const secret = (): SecretBytes => SecretBytes.copyOf(new TextEncoder().encode('correct horse'));

  it('are a compile error, and print [secret] when forced', () => {
    const { lines, parsed, logger } = recorded();
    // @ts-expect-error SecretBytes is not a log field
    logger.error({ dataKey: secret() }, 'forced');
    expect(parsed()[0]?.['dataKey']).toBe('[secret]');
    expect(lines.join('')).not.toContain('horse');
  });

  it('cannot be handed over as the fields themselves', () => {
    const { lines, logger } = recorded();
    // @ts-expect-error an object of a class is not a set of log fields
    logger.error(secret(), 'forced');
    expect(lines.join('')).not.toContain('horse');
  });

  it('do not come out of nested objects, arrays, buffers or child fields', () => {
    const { lines, parsed, logger } = recorded();
    const command = { plaintext: Buffer.from('correct horse'), nested: { key: 'correct horse' } };
    // @ts-expect-error a command is not a log field
    const fields: LogFields = { command, bytes: command.plaintext, list: ['correct horse'] };
    logger.child(fields).info(fields, 'forced');
    expect(parsed()[0]).toMatchObject({
      command: '[not a primitive]',
      bytes: '[not a primitive]',
      list: '[not a primitive]',
    });
    expect(lines.join('')).not.toMatch(/horse|99,111|Y29ycmVjdC/);
  });
});

describe('silentLogger', () => {
  it('says nothing, nor do its children', () => {
    const write = jest.spyOn(process.stdout, 'write');
    silentLogger.child({ a: 1 }).error({}, 'unheard');
    silentLogger.warn({}, 'unheard');
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });
});

describe('parseLogLevel', () => {
  it('knows the five levels and nothing else', () => {
    expect(['debug', 'info', 'warn', 'error', 'silent'].map(parseLogLevel)).not.toContain(undefined);
    expect(['trace', 'INFO', '', 'constructor'].map(parseLogLevel)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
