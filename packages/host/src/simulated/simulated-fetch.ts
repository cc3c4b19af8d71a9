import type { EventLoop } from '@timeloom/loop';
import { systemError } from './errors.ts';
import { OperationLane, Operations } from './operations.ts';
import type { SimulatedIoSettings } from './options.ts';

type Settings = NonNullable<SimulatedIoSettings['fetch']>;

// Node's own client waits that long for the head of an answer.
const headersTimeoutMs = 300_000;

/** `fetch` as operations of a loop: the request arrives, the answer arrives. Each request has a connection of its own. */
export class SimulatedFetch {
  readonly #operations: Operations;
  readonly #handler: Settings['handler'];

  constructor(loop: EventLoop, settings: Settings) {
    this.#operations = new Operations(loop, settings);
    this.#handler = settings.handler;
  }

  pending(): string[] {
    return this.#operations.pending();
  }

  async fetch(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    return new Promise<Response>((resolve, reject) =>
      new Exchange(this.#operations, request, resolve, reject).begin(this.#handler),
    );
  }
}

/** One request and its answer. */
class Exchange {
  readonly #operations: Operations;
  readonly #request: Request;
  readonly #label: string;
  readonly #lane: OperationLane;
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: unknown) => void;
  #cancel: () => void = () => {};

  constructor(
    operations: Operations,
    request: Request,
    resolve: (response: Response) => void,
    reject: (error: unknown) => void,
  ) {
    this.#operations = operations;
    this.#request = request;
    const { host, pathname } = new URL(request.url);
    this.#label = `${request.method} ${host}${pathname}`;
    this.#lane = new OperationLane(this.#label);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(handler: Settings['handler']): void {
    const { signal } = this.#request;
    signal.addEventListener('abort', () => this.#abort(), { once: true });
    this.#start(`${this.#label} arrives`, () => {
      const fault = this.#operations.fault(this.#label, ['refused', 'timeout']);
      if (fault === 'timeout') return this.#getNothing();
      if (fault === 'refused') return this.#fail(systemError('ECONNREFUSED', 'connect'));
      void this.#answer(handler);
    });
  }

  async #answer(handler: Settings['handler']): Promise<void> {
    let response: Response;
    try {
      response = await handler(this.#request);
      if (!(response instanceof Response))
        throw new TypeError(`The handler of fetch must give a Response, got ${String(response)}`);
    } catch (error) {
      return this.#fail(error);
    }
    if (this.#request.signal.aborted) return;
    this.#start(`${this.#label} is answered`, () => {
      const fault = this.#operations.fault(`the answer to ${this.#label}`, ['reset', 'partial', 'timeout']);
      if (fault === 'timeout') return this.#getNothing();
      if (fault === 'reset' || (fault === 'partial' && response.body === null)) {
        return this.#fail(systemError('ECONNRESET', 'read'));
      }
      const whole = fault === null;
      this.#resolve(Object.defineProperty(whole ? response : cutShort(response), 'url', { value: this.#request.url }));
    });
  }

  #getNothing(): void {
    const timer = this.#operations.loop.callLater(
      headersTimeoutMs,
      () => this.#fail(systemError('UND_ERR_HEADERS_TIMEOUT', 'Headers Timeout Error')),
      { label: `${this.#label} gets no answer` },
    );
    this.#cancel = () => timer.cancel();
  }

  #fail(cause: unknown): void {
    this.#reject(new TypeError('fetch failed', { cause }));
  }

  #abort(): void {
    this.#cancel();
    this.#reject(this.#request.signal.reason);
  }

  #start(label: string, complete: () => void): void {
    this.#cancel = this.#operations.start(label, this.#lane, complete);
  }
}

/** A response whose connection breaks after half of its body. */
function cutShort(response: Response): Response {
  const body = new ReadableStream({
    async start(controller) {
      const bytes = new Uint8Array(await response.arrayBuffer());
      controller.enqueue(bytes.subarray(0, bytes.length >> 1));
      controller.error(
        new TypeError('terminated', { cause: systemError('UND_ERR_SOCKET', 'read', 'other side closed') }),
      );
    },
  });
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}
