#!/usr/bin/env node
'use strict';
/* Outside dist, because npm links commands at install, before anything is compiled. Written so that an old Node can read it. */
var fs = require('fs');
var path = require('path');

var wanted = require('../package.json').engines.node.replace('>=', '');
var main = path.join(__dirname, '..', 'dist', 'src', 'main.js');

if (isOlder(process.versions.node.split('.'), wanted.split('.'))) {
  fail('cartage-partner-center needs Node ' + wanted + ' or newer; this is Node ' + process.versions.node + '.');
} else if (!fs.existsSync(main)) {
  fail('cartage-partner-center is not compiled yet. Run "npm run build" in the root of the repository first.');
} else {
  require(main);
}

/* Compares the major and the minor version. */
function isOlder(given, asked) {
  if (Number(given[0]) !== Number(asked[0])) return Number(given[0]) < Number(asked[0]);
  return Number(given[1]) < Number(asked[1]);
}

function fail(why) {
  process.stderr.write(why + '\n');
  process.exitCode = 1;
}
