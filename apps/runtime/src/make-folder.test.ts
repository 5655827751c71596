import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './make-folder';

describe('makeFolder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keywarden-folder-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes what is missing, for its owner alone, and accepts what is there', async () => {
    const deep = join(folder, 'a', 'b');
    await makeFolder(deep);
    await makeFolder(deep);
    expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
    expect((await stat(deep)).isDirectory()).toBe(true);
  });

  it('ends with the error of the system where no folder can be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file', 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(makeFolder('/proc/keywarden/data')).rejects.toMatchObject({ code: expect.any(String) });
  });
});
