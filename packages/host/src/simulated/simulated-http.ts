import { AsyncResource } from 'node:async_hooks';
import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { EventLoop } from '@timeloom/loop';
import { Operations } from './operations.ts';
import type { SimulatedIoSettings } from './options.ts';
import { connectSimulated } from './simulated-socket.ts';

type Settings = NonNullable<SimulatedIoSettings['http']>;

/** What Node's client passes on. */
interface ConnectOptions {
  readonly host?: string;
  readonly port?: number | string;
}

/**
 * `http` and `https` over connections inside the process: Node's client and server speak to each other,
 * and only what is between them is simulated. Each request has a connection of its own.
 */
export class SimulatedHttp {
  /** The agents that requests are made with, by protocol. */
  readonly agents: Readonly<Record<'http:' | 'https:', http.Agent>>;
  readonly #operations: Operations;
  readonly #server: http.Server;
  readonly #context = new AsyncResource('SIMULATEDSERVER');
  #connections = 0;

  constructor(loop: EventLoop, settings: Settings) {
    this.#operations = new Operations(loop, settings);
    this.#server = http.createServer((request, response) => {
      // Node keeps the text of the date for a second of real time, so it would not repeat.
      response.sendDate = false;
      settings.listener(request, response);
    });
    this.agents = { 'http:': new SimulatedAgent(this, 'http:'), 'https:': new SimulatedAgent(this, 'https:') };
  }

  pending(): string[] {
    return this.#operations.pending();
  }

  connect({ host = 'localhost', port = 0 }: ConnectOptions, secure: boolean): Duplex {
    const name = `connection ${++this.#connections} to ${host}:${port}`;
    return connectSimulated(
      { operations: this.#operations, name, port: Number(port), secure },
      { client: new AsyncResource('SIMULATEDSOCKET'), server: this.#context },
      (socket) => void this.#server.emit('connection', socket),
    );
  }
}

class SimulatedAgent extends http.Agent {
  readonly protocol: string;
  readonly defaultPort: number;
  readonly #http: SimulatedHttp;

  constructor(simulated: SimulatedHttp, protocol: 'http:' | 'https:') {
    super();
    this.protocol = protocol;
    this.defaultPort = protocol === 'https:' ? 443 : 80;
    this.#http = simulated;
  }

  override createConnection(options: ConnectOptions): Duplex {
    return this.#http.connect(options, this.protocol === 'https:');
  }
}
