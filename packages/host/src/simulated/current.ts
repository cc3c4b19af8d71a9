import { runningLoop, type EventLoop } from '@timeloom/loop';
import type { SimulatedFetch } from './simulated-fetch.ts';
import type { SimulatedFs } from './simulated-fs.ts';
import type { SimulatedHttp } from './simulated-http.ts';

/** What is simulated on one loop. */
export interface Simulation {
  readonly loop: EventLoop;
  readonly fs: SimulatedFs | null;
  readonly fetch: SimulatedFetch | null;
  readonly http: SimulatedHttp | null;
}

let current: Simulation | null = null;

/** The simulation for a call that is made now; null if it is made outside of the steps of its loop. */
export function simulated(): Simulation | null {
  return current !== null && runningLoop() === current.loop ? current : null;
}

/** The simulation that is installed, whoever asks. */
export function installedSimulation(): Simulation | null {
  return current;
}

export function setSimulation(simulation: Simulation | null): void {
  current = simulation;
}
