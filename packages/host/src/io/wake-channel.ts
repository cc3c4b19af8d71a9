import { workerThreads } from '../realm.ts';
import { setOurs } from './thread-memory.ts';

const { BroadcastChannel, threadId } = workerThreads;

/** One end of what lets a thread and the one that has started it wake each other up. */
export interface WakeChannel {
  /** Wakes the thread at the other end. */
  wake(): void;
  close(): void;
}

/** Messages that say nothing but wake the other one up. Each way has its own: none comes back to who sent it. */
function wakeChannel(hears: string, tells: string, woken: () => void): WakeChannel {
  const open = (name: string): InstanceType<typeof BroadcastChannel> => {
    const channel = new BroadcastChannel(`timeloom.${name}`) as InstanceType<typeof BroadcastChannel> & {
      unref(): void;
    };
    channel.unref();
    return channel;
  };
  const [from, to] = [open(hears), open(tells)];
  from.onmessage = woken;
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
    wake: () => quietly(() => to.postMessage(null)),
    close: () =>
      quietly(() => {
        from.close();
        to.close();
      }),
  };
}

/** The end of who has started thread `id`. Keeps no thread alive. */
export const channelToThread = (id: number, woken: () => void): WakeChannel =>
  wakeChannel(`parent-${id}`, `thread-${id}`, woken);

/** The end of this thread. Keeps no thread alive. */
export const channelToParent = (): WakeChannel => wakeChannel(`thread-${threadId}`, `parent-${threadId}`, () => {});

function quietly(action: () => void): void {
  setOurs(true);
  try {
    action();
  } finally {
    setOurs(false);
  }
}
