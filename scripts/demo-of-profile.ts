/** `npm run demo [-- --profile cash]`: what shows that the platform works, or a part of it. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chooseProfile } from './supervisor/profile.ts';

try {
  const { demo } = chooseProfile(process.argv, process.env);
  await import(pathToFileURL(path.join(import.meta.dirname, demo)).href);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
