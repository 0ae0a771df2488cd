import { parentPort, workerData } from 'node:worker_threads'
import Driver from 'better-sqlite3-multiple-ciphers'
import * as z from 'zod'
import { databaseFile, readerOf, type Reader } from './file/database'
import { openDriver } from './file/driver'
import { IndexFile } from './search/index-file'
import { Handed, handedWords, storedText } from './search/index-text'
import { forIndex } from './search/search-text'
import { behind } from '../shared/bytes'

/** What the store's thread is asked; jobs are done one after another. */
export const ThreadJob = z.discriminatedUnion('kind', [
  /** Brings the index in line with these messages: with the words that are handed along, else with the database as it is now. */
  z.object({ kind: z.literal('batch'), ...Handed.shape }),
  z.object({ kind: z.literal('merge') }),
  z.object({ kind: z.literal('purge'), begin: z.boolean() }),
  /** Empties the journal of the index. */
  z.object({ kind: z.literal('rest') }),
  /** Copies what is in the database's journal back into the database; `empty`: nothing stays behind in the journal. */
  z.object({ kind: z.literal('checkpoint'), empty: z.boolean() }),
])
export type ThreadJob = z.infer<typeof ThreadJob>

/** `more`: another step of the same job has work to do. `unreadable`: messages whose words cannot be read. `used`: the bytes of the words, which can be used again. `code`: SQLite's word for what failed. */
export const ThreadAnswer = z.union([
  z.object({ more: z.boolean(), unreadable: z.int().optional(), used: z.instanceof(Uint8Array).optional() }),
  z.object({ code: z.string() }),
])
export type ThreadAnswer = z.infer<typeof ThreadAnswer>

export const ThreadData = z.object({ storeDir: z.string(), storeKey: z.instanceof(Uint8Array) })

/** The files that the thread works on, each opened by the first job that needs it. */
export interface Hands {
  readonly dir: string
  readonly key: Uint8Array
  index: IndexFile | null
  database: { readonly db: Driver; readonly read: Reader } | null
}

export const openHands = (dir: string, key: Uint8Array): Hands => ({
  dir,
  key: Uint8Array.from(key),
  index: null,
  database: null,
})

function databaseOf(hands: Hands): { readonly db: Driver; readonly read: Reader } {
  if (hands.database === null) {
    const db = openDriver(databaseFile(hands.dir), hands.key, { cacheMiB: 2 })
    hands.database = { db, read: readerOf(db) }
  }
  return hands.database
}

export function closeHands(hands: Hands): void {
  hands.index?.close()
  hands.database?.db.close()
  hands.key.fill(0)
}

/** Does one job; the same in the thread and without one. */
export function perform(hands: Hands, job: ThreadJob): ThreadAnswer {
  try {
    if (job.kind === 'checkpoint') {
      const state = databaseOf(hands)
        .db.prepare<[], { busy: number }>(`PRAGMA wal_checkpoint(${job.empty ? 'TRUNCATE' : 'PASSIVE'})`)
        .get()
      return { more: job.empty && state?.busy === 1 }
    }
    const index = (hands.index ??= IndexFile.open(hands.dir, hands.key))
    if (job.kind === 'merge') return { more: index.merge() }
    if (job.kind === 'purge') return { more: index.purge(job.begin) }
    if (job.kind === 'rest') index.rest()
    else {
      const handed = handedWords(job)
      const unreadable = index.apply(job.ids, (id) => {
        const words = handed.get(id)
        return words ? forIndex(words) : storedText(databaseOf(hands).read, id)
      })
      return { more: false, unreadable, used: job.text }
    }
    return { more: false }
  } catch (fault) {
    return { code: codeOf(fault) }
  }
}

/** Serves jobs; the whole life of the thread. */
export function serveStoreThread(): void {
  const port = parentPort
  if (!port) throw new Error('not a worker thread')
  const { storeDir, storeKey } = ThreadData.parse(workerData)
  const hands = openHands(storeDir, storeKey)
  storeKey.fill(0)
  port.on('message', (message: unknown) => {
    const answer = perform(hands, ThreadJob.parse(message))
    port.postMessage(answer, 'used' in answer ? behind(answer.used) : [])
  })
}

export function codeOf(fault: unknown): string {
  return fault instanceof Driver.SqliteError ? fault.code : 'UNKNOWN'
}
