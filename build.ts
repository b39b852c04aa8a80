import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** The banner gives the bundled CommonJS libraries the `require` that an ES module lacks. */
const banner =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: ['functions/main.ts'],
  outfile: 'dist/app.mjs',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  banner: { js: banner },
  // The worker provides functions-core; the storage SDK loads apache-arrow only for a list format that we never ask for.
  external: ['@azure/functions-core', 'apache-arrow'],
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
});
