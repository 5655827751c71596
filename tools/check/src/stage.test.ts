import { runStage, type Stage, stageTable } from './stage';

const node = (name: string, program: string, timeoutMs = 10_000): Stage => ({
  name,
  command: [process.execPath, '-e', program],
  timeoutMs,
});

it('passes when the command exits with 0, and keeps both its outputs', async () => {
  const result = await runStage(node('greeting', 'console.log("out"); console.error("err")'));
  expect(result).toMatchObject({ name: 'greeting', ok: true });
  expect(result.output.split('\n').sort().join(' ').trim()).toBe('err out');
});

it('fails when the command exits with another code', async () => {
  expect(await runStage(node('failing', 'process.exit(3)'))).toMatchObject({ ok: false });
});

it('fails when the command does not exist, and says which', async () => {
  const result = await runStage({ name: 'absent', command: ['no-such-program-here'], timeoutMs: 1000 });
  expect(result.ok).toBe(false);
  expect(result.output).toContain('no-such-program-here');
});

it('ends a command that hangs, together with the processes it started', async () => {
  // The stage ends only when nobody holds its outputs any more, so that it ends shows the grandchild is gone too.
  const hang = 'setInterval(() => undefined, 1000)';
  const program = `const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(hang)}], { stdio: 'inherit' });
    ${hang}`;
  const result = await runStage(node('hanging', program, 1500));
  expect(result.ok).toBe(false);
  expect(result.output).toContain('took longer than 1.5 s');
  expect(result.seconds).toBeLessThan(10);
});

it('hands its environment on', async () => {
  const stage = { ...node('env', 'process.exit(process.env.ANSWER === "42" ? 0 : 1)'), env: { ANSWER: '42' } };
  expect(await runStage(stage)).toMatchObject({ ok: true });
});

it('prints one line a stage', () => {
  const table = stageTable([
    { name: 'lint', ok: true, seconds: 31.94, output: '' },
    { name: 'integration', ok: false, seconds: 2, output: '' },
  ]);
  expect(table).toBe('lint         ok        31.9 s\nintegration  FAILED     2.0 s');
});
