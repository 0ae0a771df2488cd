/**
 * Measures the authenticated ciphers of SQLite3MC on about 20,000 pages each: rows of a message's size written in
 * short transactions, checkpointed, then read back in random order through a cold page cache. Prints one
 * `figure cipher.NAME.WHAT value` line each; the choice and its reasons stand in ARCHITECTURE.md.
 * Runs on the runtime that ships: ELECTRON_RUN_AS_NODE=1 electron test/bench/cipher.ts
 */
import Database from 'better-sqlite3-multiple-ciphers'
import { createHash, randomBytes } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { tempFolder } from '../servers/process.mjs'

const pages = 20_000
const rowBytes = 3600
const pageSize = 4096
const rounds = 3
/** The first prime above `pages`. */
const prime = 20_011

interface Candidate {
  readonly name: string
  readonly pragmas: readonly string[]
}
const candidates: readonly Candidate[] = [
  { name: 'none', pragmas: [] },
  { name: 'chacha20', pragmas: ["cipher = 'chacha20'"] },
  { name: 'sqlcipher', pragmas: ["cipher = 'sqlcipher'"] },
  { name: 'aegis-256', pragmas: ["cipher = 'aegis'", "algorithm = 'aegis-256'"] },
  { name: 'aegis-256x2', pragmas: ["cipher = 'aegis'", "algorithm = 'aegis-256x2'"] },
  { name: 'ascon128', pragmas: ["cipher = 'ascon128'"] },
]

const key = randomBytes(32)
/** Compressed mail does not compress again: pseudo-random content is realistic, and the same for every cipher. */
const row = (index: number): Buffer => {
  const seed = createHash('sha512').update(String(index)).digest()
  return Buffer.alloc(rowBytes, seed)
}

function open(file: string, candidate: Candidate): Database {
  const db = new Database(file)
  if (candidate.pragmas.length > 0) {
    for (const pragma of candidate.pragmas) db.pragma(pragma)
    db.key(Buffer.concat([Buffer.from('raw:'), key]))
  }
  db.pragma(`page_size = ${pageSize}`)
  db.pragma('journal_mode = WAL')
  // The disk is not what is measured.
  db.pragma('synchronous = OFF')
  db.pragma('mmap_size = 0')
  return db
}

function measure(candidate: Candidate): { write: number; read: number; bytes: number } {
  const dir = tempFolder('cipher')
  try {
    const file = path.join(dir, 'bench.db')
    const writer = open(file, candidate)
    writer.exec('CREATE TABLE rows(id INTEGER PRIMARY KEY, data BLOB) STRICT')
    const insert = writer.prepare('INSERT INTO rows VALUES(?, ?)')
    const rows = Array.from({ length: 100 }, (_, index) => row(index))
    const begun = performance.now()
    const page = writer.transaction((from: number) => {
      for (const [index, data] of rows.entries()) insert.run(from + index, data)
    })
    for (let from = 1; from <= pages; from += rows.length) page(from)
    writer.pragma('wal_checkpoint(TRUNCATE)')
    const write = performance.now() - begun
    writer.close()

    const reader = open(file, candidate)
    const select = reader.prepare<[number], { data: Buffer }>('SELECT data FROM rows WHERE id = ?')
    const readBegun = performance.now()
    for (let index = 1; index < prime; index++) {
      const id = (index * 7919) % prime // every id once, in scattered order
      if (id <= pages && select.get(id)?.data.length !== rowBytes) throw new Error('a row was not read back')
    }
    const read = performance.now() - readBegun
    reader.close()
    return { write, read, bytes: statSync(file).size }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const results = new Map<string, { write: number[]; read: number[]; bytes: number }>()
for (let round = 0; round < rounds; round++) {
  for (const candidate of candidates) {
    const result = measure(candidate)
    const all = results.get(candidate.name) ?? { write: [], read: [], bytes: 0 }
    all.write.push(result.write)
    all.read.push(result.read)
    all.bytes = result.bytes
    results.set(candidate.name, all)
  }
}
for (const [name, result] of results) {
  say(`figure cipher.${name}.write-ms ${middle(result.write).toFixed(0)}`)
  say(`figure cipher.${name}.read-ms ${middle(result.read).toFixed(0)}`)
  say(`figure cipher.${name}.mib ${(result.bytes / 2 ** 20).toFixed(1)}`)
}
