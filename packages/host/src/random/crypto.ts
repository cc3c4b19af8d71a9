import { AsyncResource } from 'node:async_hooks';
import type { EventLoop } from '@timeloom/loop';
import { disguise } from '../patcher.ts';
import { nodeCrypto, realm } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import { Chance } from './chance.ts';

/** A function of the host as it is called: its arguments are the host's to judge. */
type HostFunction = (this: unknown, ...args: unknown[]) => unknown;
type Done = (error: null, result: unknown) => void;

let chance: Chance | null = null;
let loop: EventLoop | null = null;

/**
 * A function that draws for the host. The host's own is called first and its result is overwritten, so
 * that arguments are checked, and memory is allocated, as ever.
 *
 * @param draw makes a result of the host's one into ours.
 */
function drawing(draw: (chance: Chance, result: unknown, args: readonly unknown[]) => unknown) {
  return (original: HostFunction): HostFunction => {
    const dispatcher: HostFunction = function (...args) {
      const last = args.at(-1);
      if (chance === null || loop === null) return original.apply(this, args);
      if (typeof last !== 'function') return draw(chance, original.apply(this, args), args);
      const result = draw(chance, original.apply(this, args.slice(0, -1)), args.slice(0, -1));
      return complete(loop, original.name, last as Done, result);
    };
    return disguise(dispatcher, original);
  };
}

/** Whoever asked for a callback gets it when the loop, or its search, says so. */
function complete(loop: EventLoop, name: string, done: Done, result: unknown): void {
  const inContext = AsyncResource.bind(done, 'RANDOMBYTESREQUEST');
  loop.startOperation(() => inContext(null, result), { label: `crypto.${name}` });
}

const bytesOf = (view: ArrayBufferView | ArrayBuffer): Uint8Array =>
  ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(view);

/** `randomBytes`, `getRandomValues`. */
const filling = drawing((chance, result) => {
  chance.overwrite(bytesOf(result as ArrayBufferView));
  return result;
});

/** `randomFillSync(buffer, offset, size)`; offset and size count elements. */
const fillingPart = drawing((chance, result, [buffer, offset = 0, size]) => {
  const bytes = bytesOf(buffer as ArrayBufferView);
  const width = (buffer as Partial<Uint8Array>).BYTES_PER_ELEMENT ?? 1;
  const start = (offset as number) * width;
  chance.overwrite(bytes.subarray(start, size === undefined ? undefined : start + (size as number) * width));
  return result;
});

/** `randomFill(buffer, offset, size, callback)`. */
function fillingLater(original: HostFunction): HostFunction {
  const dispatcher: HostFunction = function (...args) {
    const last = args.at(-1);
    if (loop === null || typeof last !== 'function') return original.apply(this, args);
    const result: unknown = Reflect.apply(nodeCrypto.randomFillSync, nodeCrypto, args.slice(0, -1));
    return complete(loop, 'randomFill', last as Done, result);
  };
  return disguise(dispatcher, original);
}

/** `randomInt(max)`, `randomInt(min, max)`. */
const drawingInteger = drawing((chance, _, [first, second]) =>
  second === undefined ? chance.integer(0, first as number) : chance.integer(first as number, second as number),
);

const drawingUuid = drawing((chance) => {
  const bytes = new Uint8Array(16);
  chance.overwrite(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40; // version 4
  bytes[8] = (bytes[8]! & 0x3f) | 0x80; // variant of RFC 9562
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
});

/** Random values of Web Crypto and of `node:crypto`. Keys, salts and primes that the host makes stay its own. */
export const cryptoTakeover: Takeover = {
  name: 'crypto',
  install(patcher) {
    const webCrypto = Object.getPrototypeOf(realm.crypto) as object;
    // What `node:crypto` exports under this name is read from here at each access.
    patcher.replace(webCrypto, 'getRandomValues', filling);
    patcher.replace(webCrypto, 'randomUUID', drawingUuid);
    patcher.replace(nodeCrypto, 'randomUUID', drawingUuid);
    patcher.replace(nodeCrypto, 'randomBytes', filling);
    patcher.replace(nodeCrypto, 'randomFillSync', fillingPart);
    patcher.replace(nodeCrypto, 'randomFill', fillingLater);
    patcher.replace(nodeCrypto, 'randomInt', drawingInteger);
  },
  attach(attachment) {
    ({ loop } = attachment);
    chance = new Chance(loop);
  },
  detach() {
    chance = null;
    loop = null;
  },
};
