import { runCommand } from './command-line/run-command';
import { serve, serveFlags } from './serve';

/** `npm start`: the whole of Cartage on this machine, until Ctrl-C. */
runCommand(
  {
    name: 'npm start',
    summary:
      'Runs storage, Service Bus, the Partner Center sandbox and the Functions host on this machine until Ctrl-C.',
    flags: serveFlags,
  },
  ({ flags }) => serve(flags),
);
