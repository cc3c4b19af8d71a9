/** Checks of arguments. A refusal names the parameter, the value, and what is accepted. */

/** A value as a short piece of an error message. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
    case 'function':
      return value.name === '' ? 'an anonymous function' : `function ${value.name}`;
    case 'object':
      return value === null ? 'null' : showObject(value);
    case 'bigint':
      return `${value}n`;
    default:
      return String(value);
  }
}

function showObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const { [Symbol.toStringTag]: tag, constructor } = value as {
    [Symbol.toStringTag]?: unknown;
    constructor?: { name?: string };
  };
  const name = typeof tag === 'string' ? tag : constructor?.name;
  return name === undefined || name === 'Object' ? 'an object' : `a ${name}`;
}

/** @throws TypeError unless `value` is a function. */
export function checkFunction(parameter: string, value: unknown): void {
  if (typeof value !== 'function') {
    throw new TypeError(`a callable object was expected by ${parameter}, got ${show(value)}`);
  }
}

/**
 * @throws TypeError unless `value` is a number.
 * @throws RangeError unless it is finite.
 */
export function checkMs(parameter: string, value: unknown): void {
  if (typeof value !== 'number') {
    throw new TypeError(`${parameter} must be a number of milliseconds, got ${show(value)}`);
  }
  if (!Number.isFinite(value)) {
    throw new RangeError(`${parameter} must be a finite number of milliseconds, got ${value}`);
  }
}

/**
 * @throws TypeError unless `value` is a number.
 * @throws RangeError unless it is a positive whole number or Infinity.
 */
export function checkLimit(parameter: string, value: unknown): void {
  if (typeof value !== 'number') {
    throw new TypeError(`${parameter} must be a positive whole number or Infinity, got ${show(value)}`);
  }
  if (!(value > 0) || (value !== Infinity && !Number.isInteger(value))) {
    throw new RangeError(`${parameter} must be a positive whole number or Infinity, got ${value}`);
  }
}
