import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.join(import.meta.dirname, '../..')

/** Files and packages that a source file needs before it runs; types are gone by then, and what is imported when it is needed comes later. */
function neededBy(file: string): string[] {
  const source = fs.readFileSync(file, 'utf8')
  const names = [...source.matchAll(/^(?:import|export)\s(?!type\s)(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)]
  return names.flatMap(([, name = '']) => {
    if (!name.startsWith('.')) return [name]
    const base = path.join(path.dirname(file), name)
    return [base, `${base}.ts`, `${base}.tsx`, `${base}/index.ts`].find((one) => isFile(one)) ?? []
  })
}
const isFile = (name: string) => fs.statSync(name, { throwIfNoEntry: false })?.isFile() ?? false

test('the window loads no schemas before its first paint: they check calls in the other processes', () => {
  const waiting = [path.join(root, 'src-renderer/main.tsx')]
  const seen = new Set(waiting)
  for (const file of waiting) {
    if (!/\.tsx?$/.test(file)) continue
    for (const next of neededBy(file)) {
      if (seen.has(next)) continue
      seen.add(next)
      waiting.push(next)
    }
  }
  // It has found its way through the sources.
  expect([...seen]).toContain('react')
  expect([...seen]).toContain(path.join(root, 'src-renderer/inbox/conversation-list.tsx'))
  expect([...seen]).not.toContain('zod')
})
