import { describe, expect, it } from 'vitest';
import { RunData, type Known } from '../../src/strategies/run-data.ts';

const lane = (room: boolean): { label: string; schedulerData?: object | null } =>
  room ? { label: 'lane', schedulerData: null } : { label: 'lane' };

const dataOf = (keeper: RunData<Known>): Known => ({ keeper });

describe.each([
  ['with room', true],
  ['without room', false],
])('What is known of a lane %s', (_, room) => {
  it('is nothing at first, and then what was set last', () => {
    const data = new RunData();
    const one = lane(room);
    expect(data.get(one)).toBe(undefined);
    const [first, second] = [dataOf(data), dataOf(data)];
    data.set(one, first);
    expect(data.get(one)).toBe(first);
    data.set(one, second);
    expect(data.get(one)).toBe(second);
    expect(data.get(lane(room))).toBe(undefined);
  });

  it('is nothing again once it was deleted', () => {
    const data = new RunData();
    const one = lane(room);
    data.delete(one);
    data.set(one, dataOf(data));
    data.delete(one);
    expect(data.get(one)).toBe(undefined);
  });

  it('is known to those who know it only, and deleted by nobody else', () => {
    const [data, other] = [new RunData(), new RunData()];
    const one = lane(room);
    const [known, otherKnown] = [dataOf(data), dataOf(other)];
    data.set(one, known);
    expect(other.get(one)).toBe(undefined);
    other.delete(one);
    other.set(one, otherKnown);
    expect([data.get(one), other.get(one)]).toEqual([known, otherKnown]);
    other.delete(one);
    expect([data.get(one), other.get(one)]).toEqual([known, undefined]);
  });
});
