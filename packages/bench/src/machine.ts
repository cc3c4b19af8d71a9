import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** On what the numbers were measured. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return [
    `${cpu?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${gibibytes} GiB`,
    `${platform()} ${release()}, load ${loadavg()[0]!.toFixed(1)}`,
    `Node ${process.version}`,
    new Date().toISOString().slice(0, 10),
  ].join('; ');
}
