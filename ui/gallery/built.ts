// The gallery is built once for all its tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    gallery: string;
  }
}

export default async function built(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'attesta-gallery.'));
  const configFile = join(import.meta.dirname, '../vite.gallery.config.ts');
  await build({ configFile, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  project.provide('gallery', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
