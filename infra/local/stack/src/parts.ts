import type { ReadyLine } from './child';
import type { PortName } from './ports';

/** The parts of the local stack. */
export type Part = 'storage' | 'broker' | 'sandbox' | 'host';

interface PartDescription {
  part: Part;
  /** Its main script. */
  script: string;
  /** Its ports: how it is told of each, and what it calls it once it listens. */
  ports: { name: PortName; flag: string; said: Exclude<keyof ReadyLine, 'ready'> }[];
  /** Where it answers that it is well. */
  health: { port: PortName; path: string } | undefined;
}

/** The parts in the order in which they start; they stop in the reverse order. */
export const parts: readonly PartDescription[] = [
  {
    part: 'storage',
    script: require.resolve('./storage'),
    ports: [
      { name: 'blob', flag: '--blob-port', said: 'blobPort' },
      { name: 'table', flag: '--table-port', said: 'tablePort' },
    ],
    health: undefined, // it is well when the tables can be created
  },
  {
    part: 'broker',
    script: require.resolve('@cartage/service-bus/main'),
    ports: [
      { name: 'broker', flag: '--port', said: 'port' },
      { name: 'brokerAdmin', flag: '--admin-port', said: 'adminPort' },
    ],
    health: { port: 'brokerAdmin', path: '/health' },
  },
  {
    part: 'sandbox',
    script: require.resolve('@cartage/partner-center/main'),
    ports: [{ name: 'sandbox', flag: '--port', said: 'port' }],
    health: { port: 'sandbox', path: '/health' },
  },
  {
    part: 'host',
    script: require.resolve('@cartage/functions-host/main'),
    ports: [{ name: 'functions', flag: '--port', said: 'port' }],
    health: { port: 'functions', path: '/admin/host/status' },
  },
];
