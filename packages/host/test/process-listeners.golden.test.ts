import { EventLoop, VirtualClock } from '@timeloom/loop';
import { describe, expect, it, onTestFinished } from 'vitest';
import { installHost, rememberListeners } from '../src/index.ts';

const newLoop = (): EventLoop => new EventLoop({ clock: new VirtualClock() });

/** Events of the process that nothing else emits. */
const [first, second] = ['timeloom test event', 'another timeloom test event'];

const heard: string[] = [];
const listener = (name: string) => (): void => void heard.push(name);
const emitted = (event: string): string[] => {
  process.emit(event as 'SIGUSR2');
  return heard.splice(0);
};

function on(event: string, name: string): () => void {
  const one = listener(name);
  process.on(event, one);
  onTestFinished(() => void process.removeAllListeners(event));
  return one;
}

describe('What a program listens to on the process', () => {
  it('stays when the loop is removed', () => {
    const restore = installHost(newLoop());
    on(first, 'kept');
    restore();
    expect(emitted(first)).toEqual(['kept']);
  });

  it('is forgotten by installHost with processListeners: restore', () => {
    on(first, 'before');
    const restore = installHost(newLoop(), { processListeners: 'restore' });
    on(first, 'during');
    on(second, 'during');
    expect(emitted(first)).toEqual(['before', 'during']);
    restore();
    expect([emitted(first), emitted(second)]).toEqual([['before'], []]);
  });

  it('is heard again where the program has stopped it, in the order of before', () => {
    const one = on(first, 'one');
    on(first, 'two');
    const restore = installHost(newLoop(), { processListeners: 'restore' });
    process.off(first, one);
    expect(emitted(first)).toEqual(['two']);
    restore();
    expect(emitted(first)).toEqual(['one', 'two']);
  });

  it('is heard once where it was to be heard once', () => {
    process.once(first, listener('once'));
    onTestFinished(() => void process.removeAllListeners(first));
    const restore = rememberListeners();
    expect([emitted(first), emitted(first)]).toEqual([['once'], []]);
    restore();
    expect([emitted(first), emitted(first)]).toEqual([['once'], []]);
  });

  it('is left alone where the host or a search sees to it', () => {
    const events = ['beforeExit', 'uncaughtException', 'unhandledRejection', 'SIGWINCH'];
    const one = (): void => {};
    const restore = rememberListeners();
    for (const event of events) process.on(event, one);
    restore();
    const listening = events.filter((event) => process.rawListeners(event).includes(one));
    for (const event of events) process.off(event, one);
    expect(listening).toEqual(events);
  });

  it('is not decided by anything but keep and restore', () => {
    expect(() => installHost(newLoop(), { processListeners: 'drop' as 'keep' })).toThrow(
      "processListeners must be 'keep' or 'restore', got \"drop\"",
    );
  });
});
