import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

export interface Sandbox {
  readonly origin: string;
  /** The same over https, with a certificate of its own root; only if asked for with --https-port. */
  readonly secureOrigin: string;
  /** Changes switches of the sandbox (its README lists them). */
  set(settings: Record<string, unknown>): Promise<void>;
  /** Reads or writes one of the sandbox's own resources, such as /sandbox/ledger. */
  control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** The endpoints that were called, as "GET /v1/customers/{customerId}". */
  calls(): Promise<string[]>;
  stop(): Promise<void>;
}

const counts = z.object({ calls: z.record(z.string(), z.number()) });
const readyLine = z.object({ ready: z.literal(true), port: z.number(), httpsPort: z.number().optional() });

/** The Partner Center sandbox as a process of its own, met only over HTTP. */
export async function startSandbox(...switches: string[]): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'cartage-contract-'));
  const main = require.resolve('@cartage/partner-center/main');
  const child = spawn(process.execPath, [main, '--port', '0', '--data', folder, ...switches], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout === null) throw new Error('the sandbox has no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  const { port, httpsPort } = readyLine.parse(JSON.parse(String(line)));
  const origin = `http://127.0.0.1:${port}`;

  async function control(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(origin + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  }

  return {
    origin,
    secureOrigin: `https://127.0.0.1:${httpsPort}`,
    control,
    set: async (settings) => {
      await control('POST', '/sandbox/settings', settings);
    },
    calls: async () => Object.keys(counts.parse(await control('GET', '/sandbox/calls')).calls),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
