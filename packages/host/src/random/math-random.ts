import { disguise, type Patcher } from '../patcher.ts';
import { realm, type Realm } from '../realm.ts';
import type { Takeover } from '../takeover.ts';
import { Chance } from './chance.ts';

let chance: Chance | null = null;

function drawing(original: () => number): () => number {
  return disguise(() => (chance === null ? original() : chance.number()), original);
}

function installIn(patcher: Patcher, { Math }: Realm): void {
  patcher.replace(Math, 'random', drawing);
}

export const mathRandomTakeover: Takeover = {
  name: 'Math.random',
  install: (patcher) => installIn(patcher, realm),
  installIn,
  attach({ loop }) {
    chance = new Chance(loop);
  },
  detach() {
    chance = null;
  },
};
