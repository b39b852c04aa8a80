import { defineConfig } from 'vitest/config';

const exclude = ['node_modules/**', 'dist/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, 'test/**/*.long.test.ts'],
          testTimeout: 30_000,
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
