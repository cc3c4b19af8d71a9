import { describe, expect, it } from 'vitest';
import { Patcher, type Replacement } from '../src/patcher.ts';

type Greet = () => string;

const louder: Replacement<Greet> = (original) => () => `${original()}!`;

describe('A patcher', () => {
  it('replaces properties and puts them back as they were', () => {
    const target = { greet: () => 'hello' };
    Object.defineProperty(target, 'greet', { enumerable: false });
    const before = Object.getOwnPropertyDescriptors(target);
    const patcher = new Patcher();
    patcher.replace(target, 'greet', louder);
    expect([target.greet(), Object.keys(target)]).toEqual(['hello!', []]);
    patcher.restore();
    expect(Object.getOwnPropertyDescriptors(target)).toEqual(before);
  });

  it('removes what was not there', () => {
    const inherited = { greet: () => 'hello' };
    const target = Object.create(inherited) as typeof inherited;
    const patcher = new Patcher();
    patcher.replace(target, 'greet', louder);
    patcher.define(target, 'other', 1);
    expect(target.greet()).toBe('hello!');
    patcher.restore();
    expect(Reflect.ownKeys(target)).toEqual([]);
  });

  it('leaves alone what the host does not have', () => {
    const target = { greet: undefined };
    const patcher = new Patcher();
    patcher.replace(target, 'greet', louder);
    patcher.replace(target, 'other', louder);
    patcher.replaceGetter(target, 'greet', louder as never);
    expect(Object.entries(target)).toEqual([['greet', undefined]]);
  });

  it('says what is frozen, and puts back what was not', () => {
    const target = { greet: () => 'hello' };
    const frozen = Object.freeze({ greet: () => 'hello' });
    const patcher = new Patcher();
    patcher.replace(target, 'greet', louder);
    expect(() => patcher.replace(frozen, 'greet', louder)).toThrow(
      /^greet of the host cannot be replaced, because it is frozen/,
    );
    patcher.restore();
    expect(target.greet()).toBe('hello');
  });

  it('makes one replacement for each original: what was kept is found again', () => {
    const target = { greet: () => 'hello' };
    const [first, second] = [new Patcher(), new Patcher()];
    first.replace(target, 'greet', louder);
    const kept = target.greet;
    first.restore();
    second.replace(target, 'greet', louder);
    expect(target.greet).toBe(kept);
  });

  it('does not replace its own replacement, which somebody may have put back', () => {
    const target = { greet: () => 'hello' };
    const patcher = new Patcher();
    patcher.replace(target, 'greet', louder);
    patcher.replace(target, 'greet', louder);
    expect(target.greet()).toBe('hello!');
  });

  it('undoes the last change first', () => {
    const target = { greet: () => 'hello' };
    const patcher = new Patcher();
    patcher.define(target, 'greet', () => 'one');
    patcher.define(target, 'greet', () => 'two');
    patcher.restore();
    expect(target.greet()).toBe('hello');
  });

  it('puts the rest back if one thing cannot be, and says so', () => {
    const target: { greet: Greet; other?: Greet } = { greet: () => 'hello', other: () => 'other' };
    const patcher = new Patcher();
    patcher.define(target, 'greet', () => 'one');
    patcher.define(target, 'other', () => 'two');
    Object.defineProperty(target, 'other', { configurable: false });
    expect(() => patcher.restore()).toThrow('Not everything of the host could be put back');
    expect(target.greet()).toBe('hello');
  });
});
