// For `node --import`: see typescriptArguments.
import { registerTypeScript } from './register-typescript.ts';

await registerTypeScript();
