import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatColumns, type ColumnRow, type ColumnTable } from '../src/index.ts';

const step = (time: string, lane: number, text: string, margin = '  '): ColumnRow => ({ margin, time, lane, text });

const table: ColumnTable = {
  lanes: ['Task-1', 'Task-2', 'idle', 'Task-3'],
  rows: [
    step('1000', 0, 'starts'),
    { note: '… 3 steps …' },
    step('', 1, '(starts)', '┌ '),
    step('1000.5', 3, 'starts at a place that has a long name', '│ '),
    step('1002', 1, 'starts', '└ '),
  ],
};

describe('A table of steps', () => {
  it('has a column for each lane that does something, a margin, and the time', () => {
    expect(`\n${formatColumns(table, 100).join('\n')}\n`).toMatchInlineSnapshot(`
      "
            ms  Task-1  Task-2    Task-3
          1000  starts
                … 3 steps …
      ┌                 (starts)
      │ 1000.5                    starts at a place that has a long name
      └   1002          starts
      "
    `);
  });

  it('cuts the longest texts first if there is not enough room', () => {
    expect(`\n${formatColumns(table, 48).join('\n')}\n`).toMatchInlineSnapshot(`
      "
            ms  Task-1  Task-2    Task-3
          1000  starts
                … 3 steps …
      ┌                 (starts)
      │ 1000.5                    starts at a place t…
      └   1002          starts
      "
    `);
  });

  it('lets the lanes with the fewest steps share a column if there are too many for the width', () => {
    const lanes = Array.from({ length: 9 }, (_, i) => `Task-${i + 1}`);
    const rows = [...lanes.keys(), 4, 4, 2].map((lane) => step('7', lane, 'resumes'));
    expect(`\n${formatColumns({ lanes, rows }, 60).join('\n')}\n`).toMatchInlineSnapshot(`
      "
        ms  Task-1   Task-2   Task-3   Task-5   others
         7  resumes
         7           resumes
         7                    resumes
         7                                      Task-4: resumes
         7                             resumes
         7                                      Task-6: resumes
         7                                      Task-7: resumes
         7                                      Task-8: resumes
         7                                      Task-9: resumes
         7                             resumes
         7                             resumes
         7                    resumes
      "
    `);
  });

  it('is no wider than asked for from 40 characters on, and shows each step once, whatever there is', () => {
    const labels = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'x'), minLength: 1, maxLength: 60 });
    const rows = fc.record({ lane: fc.nat(19), text: labels.map((text) => `s${text}`) });
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 40 }), fc.integer({ min: 40, max: 200 }), (steps, width) => {
        const lanes = Array.from({ length: 20 }, (_, i) => `Task-${i + 1}`);
        const lines = formatColumns({ lanes, rows: steps.map(({ lane, text }) => step('1000', lane, text)) }, width);
        expect(lines).toHaveLength(steps.length + 1);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        for (const line of lines.slice(1)) expect(line).toMatch(/^ {2}1000 +\S/);
      }),
    );
  });

  it('is a heading only if nothing happens', () => {
    expect(formatColumns({ lanes: ['Task-1'], rows: [] }, 80)).toEqual(['ms']);
  });
});
