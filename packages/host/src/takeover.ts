import type { EventLoop } from '@timeloom/loop';
import type { Leak } from './leak.ts';
import type { HostFeature, HostOptions, HostSettings } from './options.ts';
import type { Patcher } from './patcher.ts';
import type { Realm } from './realm.ts';
import type { HostTime } from './time/host-time.ts';
import type { TimerTable } from './timers/timer-table.ts';

/** A loop that is installed on the host, and what all features of the host share. */
export interface Attachment {
  readonly loop: EventLoop;
  /** As given by the user. */
  readonly options: HostOptions;
  readonly settings: HostSettings;
  readonly timers: TimerTable;
  readonly time: HostTime;
  /** Registers who knows of leaks of one kind. Asked before anything is detached. */
  reportLeaks(source: () => readonly Leak[]): void;
}

/**
 * One feature of the host, and how it is brought under a loop. `install` puts dispatchers in the
 * place of the host's functions; they ask for the attached loop at each call, and use the original
 * where there is none. `attach` tells them of a loop. Installing may take its time, attaching must
 * not: a search attaches a loop for each of its runs.
 */
export interface Takeover {
  readonly name: HostFeature;
  /** Puts dispatchers in place. */
  install(patcher: Patcher): void;
  /** Does so in another realm, a context of `node:vm`: for what each realm has of its own. Default: nothing. */
  readonly installIn?: (patcher: Patcher, realm: Realm) => void;
  /** A loop was installed. */
  attach(attachment: Attachment): void;
  /** It is removed. Must not throw. */
  detach(): void;
}
