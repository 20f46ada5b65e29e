import { format, parseArgs } from 'node:util';

/**
 * Runs Azurite (blob and table) in this process, so that whoever ends the process ends Azurite.
 * The flags keep it on 127.0.0.1, quiet, and open to the API version of today's SDK.
 */
const { values } = parseArgs({
  options: {
    'blob-port': { type: 'string', default: '10000' },
    'table-port': { type: 'string', default: '10002' },
    data: { type: 'string', default: '.data/storage' },
    'in-memory': { type: 'boolean', default: false },
  },
});

const SERVICES = ['Blob', 'Table'] as const;
const ports = new Map<string, number>();
let isUp = false;
/** True once it was asked to end while it still started. */
let isAsked = false;

/** Azurite says where it listens on the console only. */
console.log = (...parts: unknown[]) => {
  const line = format(...parts);
  process.stderr.write(`${line}\n`);
  const found = /Azurite (\w+) service is successfully listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
  if (found?.[1] === undefined) return;
  ports.set(found[1], Number(found[2]));
  if (SERVICES.every((service) => ports.has(service)) && found[1] === 'Table') {
    setImmediate(() => {
      isUp = true; // and listens to signals itself
      if (isAsked) process.kill(process.pid, 'SIGTERM');
    });
    process.stdout.write(
      `${JSON.stringify({ ready: true, blobPort: ports.get('Blob'), tablePort: ports.get('Table') })}\n`,
    );
  }
};

const flags = {
  location: values.data,
  blobHost: '127.0.0.1',
  blobPort: values['blob-port'],
  tableHost: '127.0.0.1',
  tablePort: values['table-port'],
  // The queue service always starts with the others; nothing here uses it.
  queueHost: '127.0.0.1',
  queuePort: '0',
};
const switches = ['--silent', '--skipApiVersionCheck', '--disableTelemetry'];
if (values['in-memory']) switches.push('--inMemoryPersistence');

process.argv = [process.argv0, 'azurite', ...switches];
for (const [flag, value] of Object.entries(flags)) {
  const isForDisk = flag === 'location';
  if (!(isForDisk && values['in-memory'])) process.argv.push(`--${flag}`, value);
}

/** When the parent is gone, so are the readers of our log: what Azurite still says must not keep it from its last write. */
for (const pipe of [process.stdout, process.stderr]) pipe.on('error', () => undefined);

/**
 * Azurite closes on SIGTERM or SIGINT, writes its data to disk then, and ends when nothing keeps the process alive. While it starts it
 * does not listen to them yet: what is asked then is done as soon as it is up, or it would never end.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    process.channel?.unref();
    if (!isUp) isAsked = true;
  });
}

require('azurite/dist/src/azurite');
