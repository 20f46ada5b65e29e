import { parseArgs } from 'node:util';
import { z } from 'zod';
import { wholeNumber } from './config/whole-number';

const MEGABYTE = 1024 * 1024;

/** What `--help` prints. */
export const USAGE = `node main.js [--port 5672] [--admin-port 5300] [--data .data/service-bus] [--config FILE] [--sync] [--faults]
  --port           AMQP; 0 takes a free port
  --admin-port     HTTP; 0 takes a free port
  --data           where the journal lives
  --config         entities, instead of the project's topology
  --sync           acknowledge only after fdatasync
  --compact-above  megabytes from which on a journal that is mostly dead is written anew (64)
  --idle-time-out  seconds that a client may be silent; after twice as many it is cut off (60)
  --faults         allow POST /faults`;

const schema = z.object({
  port: wholeNumber(0, 65_535),
  'admin-port': wholeNumber(0, 65_535),
  data: z.string().min(1),
  config: z.string().optional(),
  sync: z.boolean(),
  /** Bytes. */
  'compact-above': wholeNumber(1, 100_000).transform((megabytes) => megabytes * MEGABYTE),
  /** Milliseconds. */
  'idle-time-out': wholeNumber(1, 3_600).transform((seconds) => seconds * 1000),
  faults: z.boolean(),
  help: z.boolean(),
});

/** Reads the command line. Throws an Error that names the option that is unknown or impossible. */
export function readOptions(): z.infer<typeof schema> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '5672' },
      'admin-port': { type: 'string', default: '5300' },
      data: { type: 'string', default: '.data/service-bus' },
      config: { type: 'string' },
      sync: { type: 'boolean', default: false },
      'compact-above': { type: 'string', default: '64' },
      'idle-time-out': { type: 'string', default: '60' },
      faults: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const read = schema.safeParse(values);
  if (read.success) return read.data;
  throw new Error(read.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'));
}
