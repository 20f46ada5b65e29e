import { z } from 'zod';
import { readCommandLine } from './command-line';
import { wholeNumber } from './config/whole-number';

const MEGABYTE = 1024 * 1024;

/** What is printed after a mistake in the command line. */
export const USAGE = 'Usage: cartage-service-bus [options]; --help lists them.';

/** What `--help` prints. */
export const HELP = `Usage: cartage-service-bus [options]

Starts a broker on 127.0.0.1 that serves the Azure Service Bus SDKs, and prints one line of JSON when it accepts connections.

  --port NUMBER           the port for AMQP; 0 takes a free one (5672)
  --admin-port NUMBER     the port for HTTP; 0 takes a free one (5300)
  --data FOLDER           where the journal lives (.data/service-bus)
  --config FILE           entities to start with, as JSON; without it there are none but those in the journal:
                          create them with ServiceBusAdministrationClient
  --sync                  acknowledge only after fdatasync
  --compact-above NUMBER  megabytes from which on a journal that is mostly dead is compacted (64)
  --recover               go on from a damaged journal, without what can't be read in it; the damaged file is kept
  --idle-time-out NUMBER  seconds that a client may be silent; after twice as many it is cut off (60)
  --faults                allow POST /faults on the admin port
  --help                  print this and end

SERVICE_BUS_KEY in the environment replaces the shared access key of the connection string (local-development-key).`;

const schema = z.object({
  port: wholeNumber(0, 65_535),
  'admin-port': wholeNumber(0, 65_535),
  data: z.string().min(1),
  config: z.string().optional(),
  sync: z.boolean(),
  'compact-above': wholeNumber(1, 100_000),
  recover: z.boolean(),
  'idle-time-out': wholeNumber(1, 3_600),
  faults: z.boolean(),
  help: z.boolean(),
});

/** What the command line asks for. */
interface Options {
  readonly port: number;
  readonly adminPort: number;
  readonly data: string;
  /** The file of the configuration. */
  readonly config: string | undefined;
  readonly sync: boolean;
  /** Bytes. */
  readonly compactAbove: number;
  readonly recover: boolean;
  /** Milliseconds. */
  readonly idleTimeOut: number;
  readonly faults: boolean;
  readonly help: boolean;
}

/** Reads the arguments of the command line. Throws a UsageError for what is unknown or impossible. */
export function readOptions(args: readonly string[]): Options {
  const {
    'admin-port': adminPort,
    'compact-above': megabytes,
    'idle-time-out': seconds,
    config,
    ...same
  } = readCommandLine(
    args,
    {
      port: { type: 'string', default: '5672' },
      'admin-port': { type: 'string', default: '5300' },
      data: { type: 'string', default: '.data/service-bus' },
      config: { type: 'string' },
      sync: { type: 'boolean', default: false },
      'compact-above': { type: 'string', default: '64' },
      recover: { type: 'boolean', default: false },
      'idle-time-out': { type: 'string', default: '60' },
      faults: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    schema,
  );
  return { ...same, config, adminPort, compactAbove: megabytes * MEGABYTE, idleTimeOut: seconds * 1000 };
}
