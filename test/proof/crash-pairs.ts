import { isDeepStrictEqual } from 'node:util';
import type { TestSandbox } from '#test/support/sandbox';
import { pairs } from './crash-points';
import { bothGuards, guards, type Guard } from './guards';
import { play, startPartnerCenter } from './play';
import { happyPath, scenarios, type Scenario } from './scenarios';

/**
 * `npm run proof:crash`: each scenario, dying at any two of its effects (crash-points.ts says which pairs are the same). The happy path under every
 * set of Partner Center's guards, the others as it is. `npm run proof:crash -- cancelled` takes only those with that in
 * their names.
 */
async function main(wanted = ''): Promise<void> {
  const plan = new Map(guards.map((guard) => [guard, guard === bothGuards ? scenarios : [happyPath]]));
  let runs = 0;
  let failures = 0;
  for (const [guard, planned] of plan) {
    const sandbox = await startPartnerCenter(guard);
    for (const scenario of planned.filter(({ name }) => name.includes(wanted))) {
      const proven = await prove(sandbox, guard, scenario);
      runs += proven.runs;
      failures += proven.failures;
    }
    await sandbox.stop();
  }
  console.log(`${runs - failures} pairs passed, ${failures} failed`);
  process.exitCode = failures === 0 ? 0 : 1;
}

/** Plays a scenario with every pair of deaths, and says how it went. */
async function prove(
  sandbox: TestSandbox,
  [partnerCenter]: Guard,
  scenario: Scenario,
): Promise<{ runs: number; failures: number }> {
  const title = `against a Partner Center ${partnerCenter}, a purchase that ${scenario.name}`;
  const started = performance.now();
  const { effects } = await play(sandbox, scenario);
  const deaths = pairs(effects);
  let failures = 0;
  for (const crashes of deaths) {
    const { observed } = await play(sandbox, scenario, { crashes });
    if (isDeepStrictEqual(observed, scenario.ending)) continue;
    failures++;
    console.error(`${title}: ${JSON.stringify(crashes)}: ${JSON.stringify(observed)}`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${title}: ${deaths.length} pairs of ${effects} effects, ${failures} failed, ${seconds} s`);
  return { runs: deaths.length, failures };
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
