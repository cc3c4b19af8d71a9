import { disguise } from '../patcher.ts';
import { realm } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import { Chance } from './chance.ts';

let chance: Chance | null = null;

function drawing(original: () => number): () => number {
  return disguise(() => (chance === null ? original() : chance.number()), original);
}

export const mathRandomTakeover: Takeover = {
  name: 'Math.random',
  install(patcher) {
    patcher.replace(realm.Math, 'random', drawing);
  },
  attach({ loop }) {
    chance = new Chance(loop);
  },
  detach() {
    chance = null;
  },
};
