'use strict';
/*
 * What every npm script of this repository begins with: is this Node new enough, are the dependencies there, then compile what has
 * changed, then run the script named first with the arguments behind it. Written so that an old Node can read it.
 */
var checkNode = require('./check-node');
checkNode();

var fs = require('fs');
var spawnSync = require('child_process').spawnSync;
var path = require('path');

var LARGEST_OUTPUT = 64 * 1024 * 1024;

var root = path.resolve(__dirname, '..', '..', '..', '..');
var compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
var script = process.argv[2];

compile();
if (script !== undefined) run();

function compile() {
  if (!fs.existsSync(compiler)) fail('The dependencies are not installed yet: npm ci');
  var started = Date.now();
  var isTerminal = process.stderr.isTTY === true;
  process.stderr.write('Compiling TypeScript ...' + (isTerminal ? '' : '\n'));
  var result = spawnSync(process.execPath, [compiler, '-b', '--pretty', String(isTerminal)], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: LARGEST_OUTPUT,
  });
  if (result.error) fail(result.error.message);
  if (result.signal) process.kill(process.pid, result.signal);
  if (result.status !== 0) fail((isTerminal ? '\n' : '') + result.stdout + result.stderr);
  if (isTerminal) process.stderr.write(' ' + ((Date.now() - started) / 1000).toFixed(1) + ' s\n');
}

function fail(why) {
  process.stderr.write(why.replace(/\n?$/, '\n'));
  process.exit(1);
}

/** In this process, so that signals and the terminal are the script's own. */
function run() {
  var file = path.resolve(root, script);
  process.setSourceMapsEnabled(true);
  process.argv = [process.argv[0], file].concat(process.argv.slice(3));
  require(file);
}
