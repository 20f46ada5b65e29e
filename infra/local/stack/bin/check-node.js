'use strict';
/* Written so that an old Node can read it. */

/** Ends the process with one plain sentence when this Node is older than package.json asks for. */
module.exports = function checkNode() {
  var wanted = require('../package.json').engines.node.replace('>=', '');
  var found = process.versions.node;
  if (!isOlder(found, wanted)) return;
  process.stderr.write(
    'Cartage needs Node ' +
      wanted +
      ' or newer, but this is Node ' +
      found +
      ': see https://nodejs.org for a newer one.\n',
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
