/** Tests run on the compiled output: what is tested is what ships. */
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  transform: {},
  testTimeout: 30_000,
  // The files that start servers share two cores; more workers only make them wait for each other.
  maxWorkers: 2,
};
