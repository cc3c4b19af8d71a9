import type { Definition } from './coroutine.ts';

/** How many coroutines of one definition have not begun. A list of them would be as long as a program starts tasks. */
export class Unbegun {
  readonly definition: Definition;
  count = 0;

  constructor(definition: Definition) {
    this.definition = definition;
  }
}
