const { readdirSync } = require('node:fs');
const { join } = require('node:path');

/** Tests run on the compiled output: what is tested is what ships. Those whose TypeScript is gone are left out. */
const packages = [
  '',
  'infra/local/stack/',
  'infra/local/service-bus/',
  'infra/local/partner-center/',
  'infra/local/functions-host/',
];

/** The compiled test files whose names end in one of these. */
function compiled(...endings) {
  return packages.flatMap((folder) =>
    readdirSync(join(__dirname, folder, 'test'), { recursive: true })
      .filter((name) => endings.some((ending) => name.endsWith(`${ending}.test.ts`)) && kindOf(name) === endings[0])
      .map((name) => `<rootDir>/${folder}dist/test/${name.replaceAll('\\', '/').replace(/\.ts$/, '.js')}`),
  );
}

/** What a test needs: nothing, a server, the whole stack, a machine that dies; by the name of its file. */
function kindOf(name) {
  return /\.(integration|e2e|proof)\.test\.ts$/.exec(name)?.[1] ?? '';
}

const project = (displayName, ending) => ({
  displayName,
  rootDir: __dirname,
  roots: packages.map((folder) => `<rootDir>/${folder}dist/test`),
  testMatch: compiled(ending),
  transform: {},
});

module.exports = {
  projects: [
    project('unit', ''),
    project('integration', 'integration'),
    project('e2e', 'e2e'),
    project('proof', 'proof'),
  ],
  testTimeout: 30_000,
  // The files that start servers share two cores; more workers only make them wait for each other.
  maxWorkers: 2,
};
