import type { Program } from '@timeloom/explore';

let loaded = false;

/** Its first run is another than all that follow. */
export const program: Program = async ({ io, choose }) => {
  if (!loaded) await io('load the settings');
  loaded = true;
  choose(2);
};
