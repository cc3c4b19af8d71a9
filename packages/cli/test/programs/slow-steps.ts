import type { Program } from '@timeloom/explore';

function compute(ms: number): void {
  const { user, system } = process.cpuUsage();
  for (;;) {
    const used = process.cpuUsage({ user, system });
    if (used.user + used.system > 1000 * ms) return;
  }
}

/** Keeps the host from running for long, but in steps that end. */
export const program: Program = async ({ io, choose }) => {
  choose(2);
  for (let i = 0; i < 80; i++) {
    await io('compute');
    compute(25);
  }
};
