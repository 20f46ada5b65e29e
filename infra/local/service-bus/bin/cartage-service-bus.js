#!/usr/bin/env node
'use strict';
/* Outside dist, because npm links commands at install, before anything is compiled. Written so that an old Node can read it. */
var fs = require('fs');
var path = require('path');

var wanted = require('../package.json').engines.node.replace('>=', '');
var main = path.join(__dirname, '..', 'dist', 'src', 'main.js');

if (isOlder(process.versions.node, wanted)) {
  fail('cartage-service-bus needs Node ' + wanted + ' or newer; this is Node ' + process.versions.node + '.');
} else if (!fs.existsSync(main)) {
  fail('cartage-service-bus is not compiled yet. Run "npm run build" first.');
} else {
  require(main);
}

function isOlder(version, needed) {
  var have = version.split('.').map(Number);
  var need = needed.split('.').map(Number);
  for (var at = 0; at < need.length; at++) {
    if (have[at] !== need[at]) return have[at] < need[at];
  }
  return false;
}

function fail(why) {
  process.stderr.write(why + '\n');
  process.exitCode = 1;
}
