import { defineConfig } from 'vitest/config';

const exclude = ['node_modules/**', 'dist/**'];

export default defineConfig({
  test: {
    // Most tests wait for processes and sockets: more of them than cores run well side by side.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, 'test/**/*.long.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/**/*.long.test.ts'],
          exclude,
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
