'use strict';
/* Written so that an old Node can read it. */

/** Ends the process with a plain word when this Node is older than package.json asks for. */
module.exports = function checkNode() {
  var wanted = require('../package.json').engines.node.replace('>=', '');
  if (!isOlder(process.versions.node, wanted)) return;
  process.stderr.write(
    'Cartage needs Node ' +
      wanted +
      ' or newer; this is Node ' +
      process.versions.node +
      '.\n' +
      'Install a newer one from https://nodejs.org and try again.\n',
  );
  process.exit(1);
};

function isOlder(version, wanted) {
  var have = version.split('.').map(Number);
  var need = wanted.split('.').map(Number);
  for (var at = 0; at < need.length; at++) {
    if (have[at] !== need[at]) return have[at] < need[at];
  }
  return false;
}
