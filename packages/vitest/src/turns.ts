/** There is one host for a process, so that those who put a loop on it take turns. */

let isTaken = false;
const waiting: (() => void)[] = [];

/** Ends a turn. */
function free(): void {
  const next = waiting.shift();
  if (next === undefined) isTaken = false;
  else next();
}

/** Takes the host, at once if it is free, else after those who wait already. Returns how to free it. */
export function takeTurn(): (() => void) | Promise<() => void> {
  const once = (): (() => void) => {
    let isOver = false;
    return () => {
      if (!isOver) free();
      isOver = true;
    };
  };
  if (!isTaken) {
    isTaken = true;
    return once();
  }
  return new Promise((resolve) => {
    waiting.push(() => resolve(once()));
  });
}
