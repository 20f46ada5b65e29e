'use strict';
/*
 * What every npm script of this repository begins with: is this Node new enough, then compile what has changed, then run the
 * script named first with the arguments behind it. Written so that an old Node can read it.
 */
var check = require('./check-node');
check();

var spawnSync = require('child_process').spawnSync;
var path = require('path');

var root = path.resolve(__dirname, '..', '..', '..', '..');
var script = process.argv[2];

compile();
if (script !== undefined) run();

function compile() {
  var started = Date.now();
  var isTerminal = process.stderr.isTTY;
  process.stderr.write('Compiling TypeScript ...' + (isTerminal ? '' : '\n'));
  var tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  var result = spawnSync(process.execPath, [tsc, '-b'], { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) {
    process.stderr.write('\n' + result.stdout + result.stderr);
    process.exit(result.status === null ? 1 : result.status);
  }
  if (isTerminal) process.stderr.write(' ' + ((Date.now() - started) / 1000).toFixed(1) + ' s\n');
}

/** In this process, so that signals and the terminal are the script's own. */
function run() {
  var file = path.resolve(root, script);
  process.argv = [process.argv[0], file].concat(process.argv.slice(3));
  require(file);
}
