/** Messages within one thread, against timers and immediates. */
import { once } from 'node:events';

/** @typedef {import('../program.d.ts').Program} Program */

/**
 * @param {(value: string) => void} heard
 * @param {string} [value]
 */
function send(heard, value = 'message') {
  const { port1, port2 } = new MessageChannel();
  port2.on('message', (value) => {
    port2.close();
    heard(value);
  });
  port1.postMessage(value);
}

/** @type {Record<string, Program>} */
export const messages = {
  'a message comes before immediates, also those that were made before it': (log) => {
    setImmediate(() => log('immediate'));
    send(log);
    setImmediate(() => log('another immediate'));
  },

  'a message of a timer comes before immediates of the timer before it': (log) => {
    setTimeout(() => setImmediate(() => log('immediate')), 5);
    setTimeout(() => send(log), 5);
  },

  'a message of an immediate comes behind the other immediates of its round': (log) => {
    setImmediate(() => {
      setImmediate(() => log('next round'));
      send(log);
    });
    setImmediate(() => log('same round'));
  },

  'a message of a timer comes behind all timers that are due with it, however many': (log) => {
    for (let i = 0; i < 20; i++) {
      setTimeout(() => {
        log(`timer ${i}`);
        if (i === 2) send(log);
      }, 5);
    }
  },

  'a message of an immediate comes behind all of its round, however many': (log) => {
    for (let i = 0; i < 20; i++) {
      setImmediate(() => {
        log(`immediate ${i}`);
        if (i === 2) send(log);
      });
    }
  },

  'a message that is awaited': async (log) => {
    setImmediate(() => log('immediate'));
    const { port1, port2 } = new MessageChannel();
    port1.postMessage('message');
    log(`${await once(port2, 'message')}`);
    port2.close();
  },

  'a message of a message comes behind an immediate, however many timers were due before': (log) => {
    for (let i = 0; i < 20; i++) setTimeout(() => {}, 5);
    setTimeout(() => {
      send(() => {
        log('message');
        send(log, 'second message');
      });
      setImmediate(() => log('immediate'));
    }, 5);
  },

  'a message of a message comes behind an immediate': (log) => {
    send(() => {
      send(log, 'second message');
      setImmediate(() => log('immediate'));
    });
  },

  'a broadcast message comes before immediates': (log) => {
    setImmediate(() => log('immediate'));
    const [sender, receiver] = [new BroadcastChannel('conformance'), new BroadcastChannel('conformance')];
    receiver.onmessage = () => {
      log('message');
      sender.close();
      receiver.close();
    };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- This is no window.
    sender.postMessage('message');
  },
};
