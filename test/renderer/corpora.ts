import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('../../../shared/corpora', import.meta.url))

/** Foreign test mail beside the repository; a test that needs a set which is not there is skipped. */
export function hasCorpus(set: string): boolean {
  return existsSync(join(home, set))
}

/** Files of a set whose path ends so, sorted. */
export function corpusFiles(set: string, ending: string): { name: string; read: () => Buffer }[] {
  if (!hasCorpus(set)) return []
  return readdirSync(join(home, set), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.includes('LICENSE'))
    .toSorted()
    .map((name) => ({ name, read: () => readFileSync(join(home, set, name)) }))
}

export function corpusText(set: string, name: string): string {
  return readFileSync(join(home, set, name), 'utf8')
}
