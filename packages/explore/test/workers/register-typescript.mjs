// Node 20 neither runs TypeScript nor lets threads inherit what does.
import { register } from 'tsx/esm/api';

register();
