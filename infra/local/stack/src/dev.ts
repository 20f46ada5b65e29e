import { runCommand } from './command-line/run-command';
import { reloadOnChange } from './dev/reload-on-change';
import { serve, serveFlags } from './serve';
import { ansiPaint, paintFor } from './text/paint';

/** Where a debugger attaches to the functions host: Node's usual port. */
const INSPECT = '--inspect=127.0.0.1:9229';

/** `npm run dev`: the stack, compiled and with its functions host started again whenever the code changes. */
runCommand(
  {
    name: 'npm run dev',
    summary: 'Does what npm start does, and compiles and restarts the Functions host whenever the code changes.',
    flags: {
      inspect: { type: 'boolean', default: false, help: 'lets a debugger attach to the host at 127.0.0.1:9229' },
      ...serveFlags,
    },
  },
  ({ flags }) =>
    serve(flags, {
      hostNodeArgs: flags.inspect ? [INSPECT] : [],
      onReady: (stack, log, app) =>
        reloadOnChange({ stack, app, log, pretty: paintFor(process.stderr, process.env) === ansiPaint }),
    }),
);
