import { existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { canaries, controlPlaces } from './canaries';
import { canaryText, type Complaint, lintAs, repository } from './lint-as';

const entry = (place: string): string => `${place}/src/index.ts`;
let rejected: readonly (readonly Complaint[])[];
let controls: readonly (readonly Complaint[])[];

beforeAll(async () => {
  const cases = canaries.map(({ file, in: place }) => ({ text: canaryText(file), path: entry(place) }));
  const passing = controlPlaces.map((place) => ({ text: canaryText('control'), path: entry(place) }));
  const answers = await lintAs([...cases, ...passing]);
  rejected = answers.slice(0, cases.length);
  controls = answers.slice(cases.length);
}, 150_000);

it.each(canaries.map((canary, index) => ({ ...canary, index })))('rejects $file in $in', ({ rule, says, index }) => {
  const complaints = rejected[index]!.filter((complaint) => complaint.rule === rule);
  expect(complaints).not.toEqual([]);
  if (says !== undefined) expect(complaints.map(({ message }) => message).join('\n')).toMatch(says);
});

it.each(controlPlaces.map((place, index) => ({ place, index })))(
  'lets the control file pass in $place',
  ({ index }) => {
    expect(controls[index]).toEqual([]);
  },
);

it('uses every file in canary/', () => {
  const files = globSync('*.ts', { cwd: join(__dirname, '../canary') }).map((file) => basename(file, '.ts'));
  const used = new Set([...canaries.map(({ file }) => file), 'control']);
  expect(files.sort()).toEqual([...used].sort());
});

it('puts canaries only into packages that exist', () => {
  for (const { in: place } of canaries) expect(existsSync(join(repository, entry(place)))).toBe(true);
});
