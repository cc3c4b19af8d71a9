/** The text is not a trace document of this version, or the events are not events. */
export class TraceFormatError extends Error {
  /** Stable identifier; never changes with the wording. */
  readonly code = 'TIMELOOM_TRACE_FORMAT';
  /** The field, e.g. `events[3].time`. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(`Not a trace document: ${message}`);
    this.field = field;
  }

  override get name(): string {
    return 'TraceFormatError';
  }
}

/** Reads the fields of an object from elsewhere; a refusal names the field, its value, and what is accepted. */
export class Reader {
  readonly #path: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  /** @throws TraceFormatError if `value` is not an object. */
  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw refusal(path, 'an object', value);
    }
    this.#path = path;
    this.#fields = value as Record<string, unknown>;
  }

  /** @throws TraceFormatError if `text` is not JSON, or not that of an object. */
  static ofJson(text: string, path: string): Reader {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new TraceFormatError(path, `the ${path} is not JSON (${(error as Error).message})`);
    }
    return new Reader(value, path);
  }

  /** Checks that a field has the one value that is accepted. */
  literal(name: string, accepted: string | number): void {
    if (this.#get(name) !== accepted) throw this.#refuse(name, show(accepted));
  }

  oneOf<const T extends string>(name: string, accepted: readonly T[]): T {
    const value = this.#get(name);
    if (!accepted.includes(value as T)) throw this.#refuse(name, `one of ${accepted.map(show).join(', ')}`);
    return value as T;
  }

  string(name: string): string {
    const value = this.#get(name);
    if (typeof value !== 'string') throw this.#refuse(name, 'a string');
    return value;
  }

  /** A finite number. */
  number(name: string): number {
    const value = this.#get(name);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#refuse(name, 'a finite number');
    return value;
  }

  /** A whole number from `least` to `most`. */
  count(name: string, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#get(name);
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw this.#refuse(name, `a whole number ${range}`);
  }

  list(name: string): Reader[] {
    const value = this.#get(name);
    if (!Array.isArray(value)) throw this.#refuse(name, 'an array');
    return value.map((item, index) => new Reader(item, `${this.#pathOf(name)}[${index}]`));
  }

  stringOrNull(name: string): string | null {
    const value = this.#get(name);
    if (value !== null && typeof value !== 'string') throw this.#refuse(name, 'a string or null');
    return value;
  }

  /** A finite number, or null. */
  numberOrNull(name: string): number | null {
    const value = this.#get(name);
    if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value;
    throw this.#refuse(name, 'a finite number or null');
  }

  #get(name: string): unknown {
    // Own fields only: `constructor` is not one of a document's.
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }

  #pathOf(name: string): string {
    return this.#path === 'document' ? name : `${this.#path}.${name}`;
  }

  #refuse(name: string, accepted: string): TraceFormatError {
    return refusal(this.#pathOf(name), accepted, this.#get(name));
  }
}

function refusal(path: string, accepted: string, value: unknown): TraceFormatError {
  return new TraceFormatError(path, `${path} must be ${accepted}, got ${show(value)}`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value !== 'object' || value === null) return value === undefined ? 'nothing' : String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
}
