/**
 * npm run policy:templates: writes resources/policy from the one schema (src-preload/contract/policy.ts): JSON schema,
 * ADMX and ADML for Windows, a mobileconfig for macOS, an example for Linux. A test holds the files against the schema.
 */
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './lib/machine.mjs'

const dir = path.join(root, 'resources/policy')

/** The templates by file name. */
async function templates() {
  const { build } = await import('vite')
  const outDir = path.join(root, 'node_modules/.cache/policy')
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(root, 'src-preload/contract/policy-templates.ts'),
      outDir,
      rollupOptions: { external: ['zod'], output: { entryFileNames: 'templates.mjs' } },
    },
  })
  return (await import(`${pathToFileURL(path.join(outDir, 'templates.mjs')).href}?${Date.now()}`)).policyTemplates()
}

const made = await templates()
fs.mkdirSync(dir, { recursive: true })
for (const [name, text] of Object.entries(made)) fs.writeFileSync(path.join(dir, name), text)
