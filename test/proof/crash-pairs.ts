import { isDeepStrictEqual } from 'node:util';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import type { CrashPoint } from '#test/support/crashes';
import { guards } from './guards';
import { buyThreeLines, factsOf, rightEnding } from './three-lines';

/** `npm run proof:crash`: a purchase that dies at any two of its effects, before or after each, under every set of guards. */
async function main(): Promise<void> {
  let runs = 0;
  let failures = 0;
  for (const [name, switches] of guards) {
    const sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30', ...switches]);
    const started = performance.now();
    const { effects } = await buyThreeLines(sandbox);
    const before = runs;
    for (const crashes of pairs(effects)) {
      runs++;
      const complaint = await complaintAbout(sandbox, crashes);
      if (complaint === undefined) continue;
      failures++;
      console.error(`${name}: ${JSON.stringify(crashes)}: ${complaint}`);
    }
    await sandbox.stop();
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`a Partner Center ${name}: ${runs - before} pairs of ${effects} effects, ${seconds} s`);
  }
  console.log(`${runs - failures} passed, ${failures} failed`);
  process.exitCode = failures === 0 ? 0 : 1;
}

/** Effects are numbered through deaths: the second one may fall on what heals the first. */
function* pairs(effects: number): Generator<CrashPoint[]> {
  const moments = ['before', 'after'] as const;
  for (let first = 1; first <= effects; first++) {
    for (let second = first + 1; second <= effects + 3; second++) {
      for (const when of moments)
        for (const then of moments)
          yield [
            { effect: first, when },
            { effect: second, when: then },
          ];
    }
  }
}

async function complaintAbout(sandbox: TestSandbox, crashes: CrashPoint[]): Promise<string | undefined> {
  const facts = factsOf(await buyThreeLines(sandbox, { crashes }));
  return isDeepStrictEqual(facts, rightEnding) ? undefined : JSON.stringify(facts);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
