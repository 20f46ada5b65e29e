import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { runCommand } from './command-line/run-command';
import { drawTerminal } from './picture/draw-terminal';
import { ansiPaint } from './text/paint';
import { projectFolder } from './project';

const DEFAULT_FILE = relative(projectFolder, resolve(__dirname, '..', '..', 'demo.svg'));
const TITLE = 'npm run demo';

/** `npm run picture`: the picture of the demo for the READMEs, drawn from what a run of it prints. */
runCommand(
  {
    name: 'npm run picture',
    summary: 'Runs the demo and draws what it prints, as an SVG.',
    flags: { out: { type: 'string', value: 'FILE', default: DEFAULT_FILE, help: 'where the picture goes' } },
  },
  async ({ flags }) => {
    const output = await runDemoInColour();
    process.stdout.write(output);
    const prompt = `${ansiPaint('dim', '$')} ${ansiPaint('bold', TITLE)}`;
    writeFileSync(flags.out, drawTerminal(TITLE, [prompt, ...output.trimEnd().split('\n')]));
    process.stdout.write(`\n${flags.out}\n`);
  },
);

async function runDemoInColour(): Promise<string> {
  const demo = spawn(process.execPath, [require.resolve('./demo')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FORCE_COLOR: '1' },
  });
  const exit = once(demo, 'exit');
  const output = await text(demo.stdout);
  const [code] = await exit;
  if (code !== 0) throw new Error('The demo failed: no picture was drawn.');
  return output;
}
