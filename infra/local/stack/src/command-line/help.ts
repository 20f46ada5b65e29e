import { fill } from '#text/wrap';
import type { Command } from './command';

const HELP_WIDTH = 110;

/** How a command is typed, on as many lines as it takes. */
export function usageOf({ name, flags, argument }: Command): string {
  const words = Object.entries(flags).map(([flag, { value }]) => `[${typed(flag, value)}]`);
  if (argument !== undefined) words.unshift(`[${argument.value}]`);
  const begin = `Usage: ${name}${words.length > 0 ? ' --' : ''}`;
  const lines = fill(words, HELP_WIDTH - begin.length - 1);
  const indent = ' '.repeat(begin.length + 1);
  return `${begin} ${lines.join(`\n${indent}`)}`.trimEnd();
}

/** What `--help` prints: what the command does, and every flag with its default. */
export function helpOf(command: Command): string {
  const { summary, argument } = command;
  const rows = Object.entries(command.flags).map(([flag, { value, help, default: byDefault }]): [string, string] => [
    typed(flag, value),
    byDefault === undefined ? help : `${help} (default: ${byDefault === false ? 'off' : byDefault})`,
  ]);
  if (argument !== undefined) rows.unshift([argument.value, `${argument.help} (default: ${argument.default})`]);
  rows.push(['--help', 'shows this']);
  const width = Math.max(...rows.map(([left]) => left.length));
  const table = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  return `${usageOf(command)}\n\n${summary}\n\n${table.join('\n')}\n`;
}

const typed = (flag: string, value: string | undefined): string => `--${flag}${value === undefined ? '' : ` ${value}`}`;
