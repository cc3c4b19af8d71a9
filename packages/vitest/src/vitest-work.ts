import type { HostWork } from '@timeloom/loop';
import { moduleLoader, workerState, type Rpc } from './realm.ts';

/** Calls to the main process that nobody waits for. */
const events: ReadonlySet<string | symbol> = new Set(['onUserConsoleLog', 'onUnhandledError', 'onCancel']);

/**
 * What vitest does for a test outside of the loop: it loads the modules of `import()`, and asks its
 * main process. The virtual clock stands still meanwhile.
 */
class VitestWork implements HostWork {
  #inFlight = 0;
  readonly #wakes = new Set<() => void>();

  inFlight(wake: () => void): boolean {
    if (this.#inFlight > 0) this.#wakes.add(wake);
    return this.#inFlight > 0;
  }

  /** Counts from now on; returns how to stop that. */
  watch(): () => void {
    const undo = [this.#watchModules(), this.#watchCalls()];
    return () => {
      for (const one of undo) one();
    };
  }

  #watchModules(): () => void {
    const loader = moduleLoader();
    if (loader === undefined) return () => {};
    const request = loader.cachedRequest;
    loader.cachedRequest = (...args) => this.#count(Reflect.apply(request, loader, args));
    return () => {
      loader.cachedRequest = request;
    };
  }

  #watchCalls(): () => void {
    const state = workerState();
    if (state === undefined) return () => {};
    const { rpc } = state;
    state.rpc = new Proxy(rpc, { get: (_, name) => this.#watchCall(rpc, name) });
    return () => {
      state.rpc = rpc;
    };
  }

  #watchCall(rpc: Rpc, name: string | symbol): unknown {
    const call = rpc[name];
    if (typeof call !== 'function' || events.has(name) || String(name).startsWith('$')) return call;
    const counted = (...args: unknown[]): unknown => this.#count(Reflect.apply(call, rpc, args) as Promise<unknown>);
    return Object.assign(counted, call);
  }

  #count<T>(promise: Promise<T>): Promise<T> {
    this.#inFlight++;
    const ended = (): void => {
      this.#inFlight--;
      const wakes = [...this.#wakes];
      this.#wakes.clear();
      for (const wake of wakes) wake();
    };
    promise.then(ended, ended);
    return promise;
  }
}

/** vitest's work in this worker. */
export const vitestWork: VitestWork = new VitestWork();
