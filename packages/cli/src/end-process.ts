/**
 * A program that has ended may keep the process alive for so many turns of the host's loop, of so many
 * milliseconds at least. On a busy machine one turn may take as long as all of them, and what ends by itself needs
 * a few.
 */
const graceTurns = 10;
const turnMs = 20;

/**
 * Lets the process end with an exit code once its output is written; by force if the program has
 * left something open, such as a server or an interval.
 */
export async function endProcess(exitCode: number): Promise<void> {
  // A program that set an exit code of its own keeps it, unless we know worse.
  if (exitCode !== 0) process.exitCode = exitCode;
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  endAfter(graceTurns);
}

function endAfter(turns: number): void {
  // Unreferenced: it only fires if something else keeps the process alive.
  setTimeout(() => {
    if (turns > 1) return endAfter(turns - 1);
    console.error(`timeloom: the program has ended, but left open: ${openResources()}`);
    process.exit();
  }, turnMs).unref();
}

function openResources(): string {
  // Those of stdin, stdout and stderr are always there.
  const names = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap');
  return names.length === 0 ? 'a stream' : names.join(', ');
}

/** Ends the process when nobody reads stdout any more, as `timeloom run … | head` does. */
export function endOnBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
