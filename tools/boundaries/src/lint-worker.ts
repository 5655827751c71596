/** Reads `LintCase`s from standard input and prints their complaints as one line of JSON. */
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import type { Complaint, LintCase } from './lint-as';

async function main(): Promise<void> {
  const eslint = new ESLint();
  const answers: Complaint[][] = [];
  for (const { text: code, path } of JSON.parse(await text(process.stdin)) as LintCase[]) {
    const [result] = await eslint.lintText(code, { filePath: path });
    answers.push((result?.messages ?? []).map(({ ruleId, message }) => ({ rule: ruleId ?? 'parser', message })));
  }
  process.stdout.write(`\n${JSON.stringify(answers)}\n`);
}

void main();
