import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aService } from './testing/a-service';
import { expectAllHeld, outcomesOf, programs } from './testing/client-program';

const source = join(programs, 'go');
const environment = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
const fetched = spawnSync('go', ['mod', 'download'], { cwd: source, env: environment, timeout: 300_000 });
if (fetched.status !== 0) {
  const why = fetched.error?.message ?? fetched.stderr.toString().trim();
  process.stderr.write(`Left out: tests of the AWS SDK for Go. They need Go 1.24 or newer and its modules: ${why}\n`);
}

(fetched.status === 0 ? describe : describe.skip)('the AWS SDK for Go', () => {
  const service = aService({ environment: { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' } });
  let folder: string;
  const program = () => join(folder, 'checks');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keywarden-go-'));
    const build = ['build', '-o', program(), '.'];
    await promisify(execFile)('go', build, { cwd: source, env: environment, timeout: 600_000 });
  }, 610_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('manages and uses keys of all kinds, with typed errors, times and paginators', async () => {
    expectAllHeld(await outcomesOf(program(), [], service.running), [
      'key life',
      'encryption and data keys',
      'signatures and macs',
      'import',
      'grants, aliases, tags, policies and pages',
      'errors',
      'multi-Region',
      'RSA encryption of as much as fits',
    ]);
  });
});
