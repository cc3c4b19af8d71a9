/**
 * Puts the process into virtual time: `node --import timeloom/register FILE`, or
 * `NODE_OPTIONS='--import timeloom/register'` for test runners that start processes and workers.
 */
import process from 'node:process';
import { ExitCode, UsageError } from './exit-code.ts';
import { readSettings } from './virtual-process/settings.ts';
import { VirtualProcess } from './virtual-process/virtual-process.ts';

try {
  // Real dates by default: suites compare them with those of files.
  void new VirtualProcess({ now: Date.now(), ...readSettings(process.env, process.cwd()) });
} catch (error) {
  const isUsage = error instanceof UsageError || error instanceof TypeError || error instanceof RangeError;
  if (!isUsage) throw error;
  process.stderr.write(`timeloom/register: ${error.message}\n`);
  process.exit(ExitCode.usage);
}
