import { runCommandLine } from './command-line.ts';
import { endOnBrokenPipe, endProcess } from './end-process.ts';

endOnBrokenPipe();
await endProcess(await runCommandLine(process.argv.slice(2)));
