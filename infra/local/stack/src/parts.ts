import type { ReadyLine } from './child';
import type { PortName } from './ports';

/** The parts of the local stack. */
export type Part = 'storage' | 'broker' | 'sandbox' | 'host';

export interface PartDescription {
  readonly part: Part;
  /** Its main script. */
  readonly script: string;
  /** Its ports: the flag that sets each, and its name in what the part prints once it listens. */
  readonly ports: readonly {
    readonly name: PortName;
    readonly flag: string;
    readonly said: Exclude<keyof ReadyLine, 'ready'>;
  }[];
  /** Where it answers that it is well. */
  readonly health: { readonly port: PortName; readonly path: string } | undefined;
}

/** The parts; the host comes last, because it needs the others. */
export const parts: readonly PartDescription[] = [
  {
    part: 'storage',
    script: require.resolve('./storage'),
    ports: [
      { name: 'blob', flag: '--blob-port', said: 'blobPort' },
      { name: 'table', flag: '--table-port', said: 'tablePort' },
    ],
    health: undefined, // it is well once the tables can be created
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
