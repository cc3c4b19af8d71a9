import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { WakeCount } from '../../src/io/wake-count.ts';

const newCount = (): WakeCount => new WakeCount(new Int32Array(new SharedArrayBuffer(16)), 1);

/** What threads do; it stands for nothing where it is not possible. */
type Act = 'wait' | 'time out' | 'notify begins' | 'wake' | 'notify ends' | 'say so';

it('Nobody is woken unless somebody is being woken, or has not said yet that it was', () => {
  const acts = fc.array(
    fc.constantFrom<Act>('wait', 'time out', 'notify begins', 'wake', 'notify ends', 'say so', 'say so'),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(acts, (list) => {
      const count = newCount();
      let [waiting, woken] = [0, 0];
      const notifying: number[] = [];
      for (const act of list) {
        if (act === 'wait') {
          count.waitBegins();
          waiting++;
        } else if (act === 'time out' && waiting > 0) {
          count.waitEnded(false);
          waiting--;
        } else if (act === 'notify begins') {
          count.notifyBegins();
          notifying.push(0);
        } else if (act === 'wake' && waiting > 0 && notifying.length > 0) {
          notifying[0]!++;
          waiting--;
          woken++;
        } else if (act === 'notify ends' && notifying.length > 0) {
          count.notifyEnded(notifying.pop()!);
        } else if (act === 'say so' && woken > 0) {
          count.waitEnded(true);
          woken--;
        }
        expect(count.noneIsWoken).toBe(woken === 0 && notifying.length === 0);
      }
    }),
    { numRuns: 500 },
  );
});

it('Who was woken without being counted as one who waits is forgotten when nobody waits', () => {
  const count = newCount();
  count.waitBegins();
  count.notifyBegins();
  count.notifyEnded(2);
  expect(count.noneIsWoken).toBe(false);
  count.waitEnded(true);
  count.waitBegins();
  expect(count.noneIsWoken).toBe(true);
});
