import { read, write, type Op } from './machine.ts';
import type { Model } from './programs.ts';

/** Programs of the papers on partial order reduction, whose classes of equivalent orders are known. */

/** readers(N): one lane writes a variable that N others read; gives what was read. Of 2^N classes. */
export const readers =
  (count: number): Model<string> =>
  (machine) => {
    const x = machine.share({ value: 0 });
    const seen: number[] = [];
    machine.spawn(
      (function* (): Generator<Op, void> {
        yield write(x);
        x.value = 1;
      })(),
    );
    for (let i = 0; i < count; i++) {
      machine.spawn(
        (function* (): Generator<Op, void> {
          yield read(x);
          seen[i] = x.value;
        })(),
      );
    }
    return () => seen.join('');
  };

/** lastzero(N): lanes set a[i] = a[i - 1] + 1; one looks for the last 0. Of (N + 3)·2^(N - 2) classes. */
export const lastZero =
  (count: number): Model<string> =>
  (machine) => {
    const a = Array.from({ length: count + 1 }, () => machine.share({ value: 0 }));
    const log: string[] = [];
    machine.spawn(
      (function* (): Generator<Op, void> {
        for (let i = count; i >= 0; i--) {
          yield read(a[i]!);
          log.push(`zero ${i} ${a[i]!.value}`);
          if (a[i]!.value === 0) return;
        }
      })(),
    );
    for (let i = 1; i <= count; i++) {
      machine.spawn(
        (function* (): Generator<Op, void> {
          yield read(a[i - 1]!);
          const { value } = a[i - 1]!;
          yield write(a[i]!);
          a[i]!.value = value + 1;
        })(),
      );
    }
    return () => `${log.join()} ${a.map(({ value }) => value).join()}`;
  };

/**
 * indexer(N): threads insert four messages each in a hash table of 128 places, by compare and swap. Of 1
 * class up to 11 threads, and 8 times as many for each one more.
 */
export const indexer =
  (threads: number): Model<string> =>
  (machine) => {
    const table = Array.from({ length: 128 }, () => machine.share({ value: 0 }));
    for (let thread = 0; thread < threads; thread++) {
      machine.spawn(
        (function* (): Generator<Op, void> {
          for (let message = 1; message <= 4; message++) {
            const value = message * 11 + thread;
            for (let place = (value * 7) % 128; ; place = (place + 1) % 128) {
              yield write(table[place]!);
              if (table[place]!.value !== 0) continue;
              table[place]!.value = value;
              break;
            }
          }
        })(),
      );
    }
    return () => table.map(({ value }) => value).join();
  };
