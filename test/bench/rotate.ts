/**
 * bench:rotate [-- COUNT]: how long a change of the key takes on a store of COUNT (200,000) messages, beside a plain copy of the
 * same files that is synced to the disk, which is the least that a copy under another key can cost.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, copyFileSync, fsyncSync, openSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { databaseFile } from '../../src-main/store/file/database'
import { rotate } from '../../src-main/store/file/rotation'
import { IndexFile } from '../../src-main/store/search/index-file'
import { serveStoreThread } from '../../src-main/store/thread-jobs'
import { tempFolder } from '../servers/process.mjs'
import { figure, openBigStore, say } from './big-store'

const total = Number(process.argv[2] ?? 200_000)

async function main(): Promise<void> {
  const dir = tempFolder('rotate')
  try {
    const store = await openBigStore(dir, total, new URL(import.meta.url))
    await store.grow(total)
    store.close()
    // The thread lets go of its files a moment later.
    await new Promise((resolve) => {
      setTimeout(resolve, 500)
    })
    say(`${total} messages, ${(store.size() / 2 ** 20).toFixed(0)} MiB`)
    const begun = performance.now()
    const copy = path.join(dir, 'floor')
    for (const file of [databaseFile(dir), IndexFile.path(dir)]) {
      copyFileSync(file, copy)
      const open = openSync(copy, 'r+')
      fsyncSync(open)
      closeSync(open)
      rmSync(copy)
    }
    const floor = performance.now() - begun
    const from = performance.now()
    await rotate(dir, readFileSync(path.join(dir, 'bench.key')), randomBytes(32), (step, done, all) => {
      if (step !== 'copying' || done === all) say(`${step} after ${((performance.now() - from) / 1000).toFixed(1)} s`)
    })
    const took = performance.now() - from
    figure('rotate.took', took / 1000, 's')
    figure('rotate.vs-copy', took / floor, 'x')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

if (isMainThread) await main()
else serveStoreThread()
