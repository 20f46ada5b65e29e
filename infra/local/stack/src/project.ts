import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

/** The folder of this project, whose functions and topology the stack runs. */
export const projectFolder = resolve(__dirname, '..', '..', '..', '..', '..');

/** The project's one list of queues, topics, tables and containers. The broker is handed this path. */
export const topologyFile = resolve(projectFolder, 'shared', 'topology.json');

const topology = z.object({ tables: z.array(z.string()), containers: z.array(z.string()) });
/** The part of the topology that lives in storage. */
export type Topology = z.infer<typeof topology>;

/** Reads the tables and containers of the topology. */
export function readTopology(): Topology {
  return topology.parse(JSON.parse(readFileSync(topologyFile, 'utf8')));
}
