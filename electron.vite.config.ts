import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

/** A page as an absolute path: the dev server looks for relative ones inside src-renderer. */
const page = (name: string) => fileURLToPath(new URL(`src-renderer/${name}`, import.meta.url))

/** Decoders of rarer pictures in PDFs, which the library loads by their names from a folder beside it. */
const pdfDecoders = () => ({
  name: 'pdf-decoders',
  generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: Uint8Array }): string }) {
    for (const name of ['jbig2_nowasm_fallback.js', 'openjpeg_nowasm_fallback.js']) {
      const file = fileURLToPath(new URL(`node_modules/pdfjs-dist/wasm/${name}`, import.meta.url))
      this.emitFile({ type: 'asset', fileName: `assets/pdf/${name}`, source: readFileSync(file) })
    }
  },
})

/**
 * V8 compiles the start's functions while it reads them, and keeps them in its code cache: left to itself it keeps what ran until the
 * page's first draw began, and compiles the rest at each start.
 */
const compiledWhole = () => ({
  name: 'compiled-whole',
  generateBundle: {
    order: 'post' as const,
    handler(_options: unknown, bundle: Record<string, { type: string; name?: string; code?: string }>) {
      for (const chunk of Object.values(bundle))
        if (chunk.type === 'chunk' && chunk.name === 'index')
          chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code ?? ''}`
    },
  },
})

/** One output folder per process: out/main (app, store and mail), out/preload, out/renderer. */
export default defineConfig({
  main: {
    build: {
      // What package.json lists under "dependencies" stays in node_modules (some of it is native); the rest is bundled. So
      // is cborg, two dozen small files that every start would look for one by one.
      externalizeDeps: { exclude: ['cborg'] },
      rolldownOptions: {
        input: {
          index: 'src-main/app/boot.ts',
          store: 'src-main/store/boot.ts',
          mail: 'src-main/mail/boot.ts',
          // Threads of the two.
          'store-thread': 'src-main/store/thread.ts',
          'mail-parser': 'src-main/mail/parse/boot.ts',
          compiled: 'src-main/shared/compiled.ts',
        },
        // All in one folder: code finds its neighbours from where it lies.
        output: {
          // The form of modules that V8 can keep compiled (src-main/shared/compiled.ts).
          format: 'cjs',
          dynamicImportInCjs: false,
          strict: true,
          entryFileNames: '[name].cjs',
          chunkFileNames: 'part-[name]-[hash].cjs',
          // Each start reads and compiles these. In ASCII V8 takes the bytes as they are; names stay for the log's stack traces.
          charset: 'ascii',
          minify: { compress: true, mangle: false, codegen: true },
        },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload can load nothing but electron, so all it uses comes along, as CommonJS.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'src-preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [react(), pdfDecoders(), compiledWhole()],
    worker: { format: 'es' },
    build: {
      minify: true,
      // The content security policy allows files of our own only, no data: URLs made from small ones.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: {
          index: page('index.html'),
          'mail-frame': page('mail-frame.html'),
          'pdf-frame': page('pdf-frame.html'),
        },
      },
    },
  },
})
