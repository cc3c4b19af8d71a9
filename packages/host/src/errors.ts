import { TimeloomError } from '@timeloom/loop';

/** The host was to be taken over, or a loop to be installed on it, while that is so already. */
export class HostInstalledError extends TimeloomError {
  constructor(message: string) {
    super('TIMELOOM_HOST_INSTALLED', message);
  }
}
