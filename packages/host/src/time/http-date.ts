import diagnostics from 'node:diagnostics_channel';
import { disguise, type Patcher } from '../patcher.ts';
import { nodeHttp } from '../realm.ts';

/** Node's response, or request: `_header` is the head of the message, as it is sent. */
interface Message {
  readonly sendDate: boolean;
  _header: string | null;
}

type StoreHeader = (this: Message, firstLine: string, headers: unknown) => void;

const requestStarted = 'http.server.request.start';

/** True if the program gives a date itself: as a list of names and values, a list of pairs, or an object. */
function hasDate(headers: unknown): boolean {
  const isDate = (name: unknown): boolean => String(name).toLowerCase() === 'date';
  if (!Array.isArray(headers)) return Object.keys(headers ?? {}).some(isDate);
  const list: unknown[] = headers;
  return list.some((entry, i) => (Array.isArray(entry) ? isDate(entry[0]) : i % 2 === 0 && isDate(entry)));
}

/**
 * Has the `Date` header of Node's servers tell another date. Node makes it from a `Date` and a timer of its own, which
 * nobody can replace, and keeps it for a second.
 *
 * @param date what to tell; Node's own where it is null.
 */
export function headerDates(date: () => Date | null): (patcher: Patcher) => void {
  const storing = (original: StoreHeader): StoreHeader =>
    disguise(function (this: Message, firstLine: string, headers: unknown): void {
      Reflect.apply(original, this, [firstLine, headers]);
      const now = date();
      if (now === null || !this.sendDate || this._header === null || hasDate(headers)) return;
      this._header = this._header.replace(/\r\nDate: [^\r]*/, `\r\nDate: ${now.toUTCString()}`);
    }, original);
  return (patcher) => {
    // A program without servers need not load Node's.
    const serverRuns = (): void => {
      stop();
      const { prototype } = nodeHttp().OutgoingMessage;
      patcher.replace(prototype, '_storeHeader', storing);
    };
    const stop = (): void => void diagnostics.unsubscribe(requestStarted, serverRuns);
    diagnostics.subscribe(requestStarted, serverRuns);
    patcher.whenRestored(stop);
  };
}
