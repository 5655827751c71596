import { exitCodes, runCli } from './run-cli';

async function run(words: readonly string[], environment: Record<string, string> = {}) {
  let out = '';
  let err = '';
  const code = await runCli(words, {
    environment,
    writeOut: (text) => void (out += text),
    writeErr: (text) => void (err += text),
    askSecret: () => Promise.resolve(undefined),
  });
  return { code, out, err };
}

const oneLine = /^keywarden: [^\n]+\n$/;

describe('a command line', () => {
  it.each([
    ['an unknown command', ['acounts', 'list']],
    ['an unknown option', ['accounts', 'list', '--jsn']],
    ['an account that is not one', ['accounts', 'create', '12345']],
    ['a missing argument', ['accounts', 'access-keys', 'delete', '111122223333']],
    ['a quota there is not', ['quotas', 'reset', '--account', '111122223333', '--region', 'eu-west-1', '--quota', 'x']],
    ['a quota of no account', ['quotas', 'list', '--region', 'eu-west-1']],
    ['an argument too many', ['accounts', 'list', 'all']],
    ['a profile that would break the file', ['accounts', 'create', '--profile', 'a]\n[b']],
  ])('with %s is a usage error in one line', async (_what, words) => {
    const { code, out, err } = await run(words);
    expect({ code, out }).toEqual({ code: exitCodes.usage, out: '' });
    expect(err).toMatch(oneLine);
  });

  it.each([[[]], [['accounts']], [['accounts', 'access-keys']]])('%j alone shows what there is', async (words) => {
    const { code, out, err } = await run(words);
    expect({ code, out }).toEqual({ code: exitCodes.usage, out: '' });
    expect(err).toContain('Usage: keywarden');
  });

  it('asks for help or the version without failing, and needs no settings for it', async () => {
    expect(await run(['--version'])).toEqual({ code: exitCodes.done, out: '0.1.0\n', err: '' });
    const { code, out } = await run(['accounts', 'access-keys', 'create', '--help']);
    expect(code).toBe(exitCodes.done);
    expect(out).toMatch(/--json[^]*Example:/);
  });
});

describe('settings that cannot be used', () => {
  it.each([
    ['an unknown setting', { KEYWARDEN_DATA_DIRECTORY: '/tmp' }, /KEYWARDEN_DATA_DIRECTORY is not a setting/],
    ['a folder without a database', { KEYWARDEN_DATA_DIR: '/nonexistent/data' }, /there is no database in/],
    ['a database that does not answer', { DATABASE_URL: 'postgres://127.0.0.1:1/none' }, /the database cannot be used/],
  ])('%s ends in one line', async (_what, environment, line) => {
    const { code, out, err } = await run(['accounts', 'list'], environment);
    expect({ code, out }).toEqual({ code: exitCodes.failed, out: '' });
    expect(err).toMatch(oneLine);
    expect(err).toMatch(line);
  });
});
