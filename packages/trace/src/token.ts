/**
 * A ReplayToken: a Schedule as a short string. All of it is safe in a URL, a file name and a shell.
 *
 *     token      = "tl" version "_" base64url(body)         without padding
 *     version    = "1"                                      the byte that changes with this grammar
 *     body       = digest count difference{count}
 *     digest     = byte byte byte                           of ScheduleRecorder, the high byte first
 *     count      = varint                                   0 to 65,536
 *     difference = varint(2 * after + 0) option length      a hold
 *                | varint(2 * after + 1) option             a take
 *     after      = at - at of the difference before         at itself for the first
 *     option     = varint
 *     length     = varint                                   until - at
 *
 * For each schedule and digest there is one token only: varints are the shortest, unused bits are 0,
 * nothing may follow. A token has at most 1 MiB.
 */
import { characterOf, decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { checkSchedule, greatestNumber, inOrder, type Difference, type Schedule } from './schedule.ts';
import { pushVarint, VarintReader } from './varint.ts';

const prefix = 'tl1_';
const mostDifferences = 65_536;
const mostCharacters = 2 ** 20;
const mostDigest = 2 ** 24 - 1;

/** The text is not a token of this version. */
export class TokenError extends Error {
  /** Stable identifier; never changes with the wording. */
  readonly code = 'TIMELOOM_TOKEN';
  /** The byte of the text at which it goes wrong, from 0. */
  readonly byte: number;

  constructor(what: string, byte: number, advice = 'Copy the whole token once more, or search again for a new one.') {
    super(`Not a replay token: at byte ${byte}, ${what}. ${advice}`);
    this.byte = byte;
  }

  override get name(): string {
    return 'TokenError';
  }
}

/** What a token says. */
export interface DecodedToken {
  readonly schedule: Schedule;
  /** That of the run from which the token was made; see ScheduleRecorder. */
  readonly digest: number;
}

/**
 * The token of a schedule.
 *
 * @param digest what ScheduleRecorder says after the run.
 * @throws TypeError, RangeError if an argument is not what it should be, or the schedule is too large
 * for a token: shrink it.
 */
export function encodeToken(schedule: Schedule, digest: number): string {
  checkSchedule(schedule);
  if (!Number.isInteger(digest) || digest < 0 || digest > mostDigest) {
    throw new RangeError(`digest must be a whole number from 0 to ${mostDigest}, got ${digest}`);
  }
  const { differences } = schedule;
  if (differences.length > mostDifferences) {
    throw new RangeError(`differences must be at most ${mostDifferences} to fit a token, got ${differences.length}`);
  }
  const body = [digest >> 16, (digest >> 8) & 255, digest & 255];
  pushVarint(body, differences.length);
  let before = 0;
  for (const difference of differences) {
    const { kind, at, option } = difference;
    pushVarint(body, 2 * (at - before) + (kind === 'take' ? 1 : 0));
    pushVarint(body, option);
    if (kind === 'hold') pushVarint(body, difference.until - at);
    before = at;
  }
  const token = prefix + encodeBase64Url(body);
  if (token.length <= mostCharacters) return token;
  throw new RangeError(`schedule must fit a token of ${mostCharacters} characters, got one of ${token.length}`);
}

/**
 * Reads a token.
 *
 * @throws TypeError if `text` is not a string; TokenError, which says what is wrong with it and where,
 * for every text that {@link encodeToken} does not write.
 */
export function decodeToken(text: string): DecodedToken {
  if (typeof text !== 'string') throw new TypeError(`a token must be a string, got ${typeof text}`);
  checkFrame(text);
  const bytes = decodeBase64Url(text, prefix.length, (what, character) => new TokenError(what, character));
  const refuse = (what: string, byte: number): TokenError => new TokenError(what, prefix.length + characterOf(byte));
  const reader = new VarintReader(bytes, refuse);
  const digest = (reader.byte('the digest') << 16) | (reader.byte('the digest') << 8) | reader.byte('the digest');
  const count = reader.varint('the number of differences', 0, mostDifferences);
  const differences: Difference[] = [];
  while (differences.length < count) {
    const start = reader.position;
    const previous = differences.at(-1);
    const difference = readDifference(reader, previous?.at ?? 0);
    if (!inOrder(previous, difference)) throw refuse(`difference ${differences.length} is out of order`, start);
    differences.push(difference);
  }
  if (!reader.atEnd) throw refuse('something follows the last difference', reader.position);
  return { schedule: { differences }, digest };
}

function checkFrame(text: string): void {
  const version = /^tl(\d{1,3})_/.exec(text)?.[1];
  if (version === undefined) throw new TokenError(`it does not begin with "${prefix}"`, 0);
  if (version !== '1') {
    throw new TokenError(`version ${version} is unknown`, 2, 'Replay it with the Timeloom that made it.');
  }
  if (text.length > mostCharacters) throw new TokenError(`it is longer than ${mostCharacters} bytes`, mostCharacters);
}

function readDifference(reader: VarintReader, before: number): Difference {
  const head = reader.varint('the place of a difference', 0, 2 * (greatestNumber - before) + 1);
  const at = before + Math.floor(head / 2);
  if (head % 2 === 1) return { kind: 'take', at, option: reader.varint('an option taken', 1, greatestNumber) };
  const option = reader.varint('an option held', 0, greatestNumber);
  return { kind: 'hold', at, option, until: at + reader.varint('the length of a hold', 1, greatestNumber - at) };
}
