/**
 * bench:search [-- COUNT DIR]: searches over COUNT (1,000,000) messages, medians of three runs of their 95th percentiles. With
 * DIR the store is kept there and used again (the same as bench:scale makes).
 */
import { rmSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { serveStoreThread } from '../../src-main/store/thread-jobs'
import { search } from '../../src-main/store/search/search'
import { numbers } from '../mail/parse/make-messages'
import { tempFolder } from '../servers/process.mjs'
import { figure, openBigStore, p95, say, word, zipf } from './big-store'

const total = Number(process.argv[2] ?? 1_000_000)
const kept = process.argv[3]

async function main(): Promise<void> {
  const dir = kept ?? tempFolder('search')
  const store = await openBigStore(dir, total, new URL(import.meta.url))
  try {
    await store.grow(total)
    const random = numbers(99)
    /** A word as people type them: drawn like the words of the mail, but not the hundred that every mail has. */
    const typed = (): string => word(100 + (zipf(random) % 30_000))
    const kinds: Record<string, () => string> = {
      'two-words': () => `${typed()} ${typed()} `,
      rare: () => `${word(150_000 + Math.floor(random() * 140_000))} `,
      prefix: () => typed().slice(0, 3 + Math.floor(random() * 3)),
      'two-common': () => `${word(Math.floor(random() * 20))} ${word(20 + Math.floor(random() * 30))} `,
      phrase: () => `"${typed()} ${typed()}"`,
    }
    for (const [name, ask] of Object.entries(kinds)) {
      const runs: number[] = []
      let hits = 0
      for (let run = 0; run < 3; run++) {
        runs.push(
          p95(
            Array.from({ length: 100 }, () => {
              const text = ask()
              const from = performance.now()
              hits += search(store.workspace.db.read, store.index, text, 0, 50).total
              return performance.now() - from
            }),
          ),
        )
      }
      say(
        `${name}: ${runs.map((ms) => ms.toFixed(1)).join(', ')} ms at the 95th percentile, ${(hits / 300).toFixed(0)} conversations found on average`,
      )
      figure(`search.${name}-p95`, runs.toSorted((a, b) => a - b)[1] ?? Number.NaN, 'ms')
    }
  } finally {
    store.close()
    if (kept === undefined) rmSync(dir, { recursive: true, force: true })
  }
}

if (isMainThread) await main()
else serveStoreThread()
