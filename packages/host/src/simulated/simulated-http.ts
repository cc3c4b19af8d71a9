import { AsyncResource } from 'node:async_hooks';
import type { Agent, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EventLoop } from '@timeloom/loop';
import { nodeHttp } from '../realm.ts';
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
  readonly agents: Readonly<Record<'http:' | 'https:', Agent>>;
  readonly #operations: Operations;
  readonly #server: Server;
  readonly #context = new AsyncResource('SIMULATEDSERVER');
  #connections = 0;

  constructor(loop: EventLoop, settings: Settings) {
    this.#operations = new Operations(loop, settings);
    this.#server = nodeHttp().createServer((request, response) => {
      // Node keeps the text of the date for a second of real time, so it would not repeat.
      response.sendDate = false;
      settings.listener(request, response);
    });
    this.agents = { 'http:': simulatedAgent(this, 'http:'), 'https:': simulatedAgent(this, 'https:') };
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

/** An agent of Node's whose connections are simulated. */
function simulatedAgent(simulated: SimulatedHttp, protocol: 'http:' | 'https:'): Agent {
  const secure = protocol === 'https:';
  const { Agent } = nodeHttp();
  return Object.assign(new Agent(), {
    protocol,
    defaultPort: secure ? 443 : 80,
    createConnection: (options: ConnectOptions): Duplex => simulated.connect(options, secure),
  });
}
