import { expect, test } from 'vitest';
import { showProgress } from '../src/progress.ts';

test('progress is shown at most ten times a second, and erased', () => {
  let time = 0;
  const written: string[] = [];
  const progress = showProgress(
    (text) => void written.push(text.replaceAll('\r\u001B[K', '<')),
    () => time,
  );
  for (let runs = 1; runs <= 25; runs++) {
    time += 10;
    progress.update(runs);
  }
  progress.erase();
  progress.erase();
  expect(written).toEqual(['<10 runs, 100 schedules/s', '<20 runs, 100 schedules/s', '<']);
});

test('progress tells how many orders were new since the last time, and failures', () => {
  let time = 0;
  const written: string[] = [];
  const progress = showProgress(
    (text) => void written.push(text.replaceAll('\r\u001B[K', '<')),
    () => time,
  );
  const later = (runs: number, orders: number, failures: number): void => {
    time += 200;
    progress.update(runs, { orders, failures });
  };
  later(100, 40, 0);
  later(200, 45, 1);
  later(300, 45, 2);
  expect(written).toEqual([
    '<100 runs, 500 schedules/s, 40 orders (40 new)',
    '<200 runs, 500 schedules/s, 45 orders (5 new), 1 failure',
    '<300 runs, 500 schedules/s, 45 orders (0 new), 2 failures',
  ]);
});

test('progress that was never shown is not erased', () => {
  const written: string[] = [];
  showProgress((text) => void written.push(text)).erase();
  expect(written).toEqual([]);
});
