import type { Coroutine } from './coroutine.ts';
import { callbackLabel } from './done-callback.ts';
import type { Future, Registered } from './future.ts';
import type { Task } from './task.ts';
import { Waiter } from './waiter.ts';

/** Readable forms of futures and tasks, in the words of asyncio's `repr`. */

/** The method that `console.log` and `util.inspect` ask for first. */
export const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/** Makes `console.log` and `util.inspect` show objects as their `toString` does. */
export function showAsText(prototype: object): void {
  Object.defineProperty(prototype, inspect, {
    value(this: object): string {
      return String(this);
    },
  });
}

const longestString = 60;
const mostElements = 6;

/** `<Future pending cb=[f()]>`, `<Future finished result='x'>`, `<Future cancelled>` … */
export function reprFuture(future: Future): string {
  return `<${[future[Symbol.toStringTag], future.state, ...reprOutcome(future), ...reprCallbacks(future)].join(' ')}>`;
}

/** `<Task pending name='Task-1' coro=<f() running at x.ts:7> wait_for=<Future pending cb=[Task.task_wakeup()]>>` … */
export function reprTask(task: Task<never> | Task): string {
  const parts = [
    'Task',
    task.isCancelling ? 'cancelling' : task.state,
    `name=${reprValue(task.getName())}`,
    `coro=${(task.coroutine as Coroutine).describe(task.done())}`,
  ];
  const { suspension } = task;
  if (suspension?.future) parts.push(`wait_for=${reprBrief(suspension.future)}`);
  else if (suspension) parts.push(`wait_for=${suspension.describeAwaited()}`);
  return `<${[...parts, ...reprOutcome(task), ...reprCallbacks(task)].join(' ')}>`;
}

/** A future inside of another's repr: what it awaits in turn is left out, or cycles would not end. */
function reprBrief(future: Future): string {
  if (future[Symbol.toStringTag] !== 'Task') return reprFuture(future);
  const task = future as Task;
  return `<Task ${task.state} name=${reprValue(task.getName())}>`;
}

function reprOutcome(future: Future): string[] {
  if (future.state !== 'finished') return [];
  const { failed, outcome } = future.peek();
  return [`${failed ? 'exception' : 'result'}=${reprValue(outcome)}`];
}

function reprCallbacks(future: Future): string[] {
  const labels = future.pendingCallbacks().map(labelOf);
  const [first, second] = labels;
  if (first === undefined) return [];
  if (labels.length === 1) return [`cb=[${first}]`];
  if (labels.length === 2) return [`cb=[${first}, ${second}]`];
  return [`cb=[${first}, <${labels.length - 2} more>, ${labels.at(-1)}]`];
}

function labelOf(callback: Registered): string {
  if (typeof callback === 'function') return callbackLabel(callback);
  return callback instanceof Waiter ? 'Task.task_wakeup()' : callback.label;
}

/** A value, shortened. */
export function reprValue(value: unknown): string {
  if (typeof value === 'string') return `'${shorten(value)}'`;
  if (value instanceof Error) return `${value.name}(${value.message === '' ? '' : `'${shorten(value.message)}'`})`;
  if (Array.isArray(value)) return reprArray(value);
  if (typeof value === 'function') return value.name === '' ? '<function>' : `<function ${value.name}>`;
  if (typeof value === 'object' && value !== null) return reprObject(value);
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

function shorten(text: string): string {
  if (text.length <= longestString) return text;
  const kept = (longestString - 3) >> 1;
  return `${text.slice(0, kept)}...${text.slice(-kept)}`;
}

function reprArray(values: readonly unknown[]): string {
  const shown = values.slice(0, mostElements).map(reprValue);
  if (values.length > mostElements) shown.push('...');
  return `[${shown.join(', ')}]`;
}

function reprObject(value: object): string {
  const { toString } = value as { toString?: unknown };
  if (typeof toString === 'function' && toString !== Object.prototype.toString) return shorten(String(value));
  const name = (value.constructor as { name?: string } | undefined)?.name ?? 'Object';
  return name === 'Object' ? `{${Object.keys(value).slice(0, mostElements).join(', ')}}` : `<${name}>`;
}
