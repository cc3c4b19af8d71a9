import { accessed, EventLoop, VirtualClock, type AccessMode, type Instrument } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';

/** Hears of accesses, with the step in which they come. */
class Listener implements Instrument {
  readonly heard: (readonly [step: string, object: object, mode: AccessMode])[] = [];
  #step = 'none';

  stepStarted({ label }: { readonly label: string }): void {
    this.#step = label;
  }

  stepEnded(): void {
    this.#step = 'none';
  }

  accessed(object: object, mode: AccessMode): void {
    this.heard.push([this.#step, object, mode]);
  }
}

describe('An access', () => {
  const account = {};

  it('is heard of in its step, in the microtasks of the step as well', async () => {
    const listener = new Listener();
    const loop = new EventLoop({ clock: new VirtualClock(), instruments: [listener] });
    loop.callSoon(
      async () => {
        accessed(account, 'read');
        await null;
        accessed(account, 'write');
      },
      { label: 'update' },
    );
    loop.callSoon(() => loop.stop(), { label: 'stop' });
    await loop.runForever();
    expect(listener.heard).toEqual([
      ['update', account, 'read'],
      ['update', account, 'write'],
    ]);
  });

  it('is heard of by observers that come later, and by each once', async () => {
    const [early, late] = [new Listener(), new Listener()];
    const loop = new EventLoop({ clock: new VirtualClock(), instruments: [early, {}] });
    loop.callSoon(() => {
      accessed(account, 'add');
      loop.observe(late);
      accessed(account, 'create');
      loop.stop();
    });
    await loop.runForever();
    expect(early.heard.map(([, , mode]) => mode)).toEqual(['add', 'create']);
    expect(late.heard.map(([, , mode]) => mode)).toEqual(['create']);
  });

  it('outside of steps is nobody’s', () => {
    const listener = new Listener();
    const loop = new EventLoop({ clock: new VirtualClock(), instruments: [listener] });
    accessed(account, 'write');
    expect(listener.heard).toEqual([]);
    loop.close();
  });
});
