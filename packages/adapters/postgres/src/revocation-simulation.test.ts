import { faultyParts } from './testing/simulation/faulty-parts';
import { simulate, soundParts } from './testing/simulation/simulated-world';

const courses = Number(process.env['KEYWARDEN_SIMULATED_COURSES'] ?? 150);
/** Courses in which a fault of the protocol must show. */
const mostCourses = 2_000;

it('no node serves what was changed before an answered change, whatever goes wrong', () => {
  const sum = { answered: 0, served: 0, fromMemory: 0 };
  for (let seed = 1; seed <= courses; seed += 1) {
    const { violation, waiting, ...counts } = simulate(seed);
    expect({ seed, violation, waiting }).toEqual({ seed, violation: undefined, waiting: 0 });
    sum.answered += counts.answered;
    sum.served += counts.served;
    sum.fromMemory += counts.fromMemory;
  }
  // The simulation is of no use when nothing is held, or nothing changed.
  expect(sum.answered).toBeGreaterThan(courses * 30);
  expect(sum.fromMemory).toBeGreaterThan(sum.served / 4);
});

it('the same seed gives the same course', () => {
  expect(simulate(7)).toEqual(simulate(7));
});

describe('the simulation finds the course that goes wrong when', () => {
  it.each(faultyParts)('%s', (_what, part) => {
    let found: number | undefined;
    for (let seed = 1; found === undefined && seed <= mostCourses; seed += 1) {
      if (simulate(seed, { ...soundParts, ...part }).violation !== undefined) found = seed;
    }
    expect(found).toBeDefined();
  });
});
