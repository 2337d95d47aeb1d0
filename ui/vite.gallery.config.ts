import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Every control on a page of its own, for tests and pictures; never part of the program.
export default defineConfig({
  root: 'gallery',
  base: './',
  plugins: [svelte()],
  clearScreen: false,
  build: { target: ['safari16', 'chrome110'], assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  test: {
    root: '.',
    environment: 'node',
    include: ['gallery/*.test.ts'],
    globalSetup: 'gallery/built.ts',
    // Two windows would take the focus from each other.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // A slow machine draws later, not otherwise.
    expect: { poll: { timeout: 20_000 } },
  },
});
