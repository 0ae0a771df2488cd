import { statSync } from 'node:fs'
import path from 'node:path'
import Driver from 'better-sqlite3-multiple-ciphers'
import { PosternError } from '../../../src-preload/contract/errors'
import { Changes } from '../changes'
import { explainUnreadable, guarded, isNotADatabase, openDriver, translated } from './driver'
import { isJournalDamaged, readJournal } from './journal'
import { canBeRead, isCorrupt, readAgain } from './read-again'
import { migrations, type Migration } from '../migrations'

export type Value = string | number | bigint | Uint8Array | null

/** What a query may do. There is no way from here to a write. */
export interface Reader {
  get<Row>(sql: string, ...params: Value[]): Row | undefined
  all<Row>(sql: string, ...params: Value[]): Row[]
  /** Rows one by one; the statement is busy until the loop ends, so do not nest the same text. */
  iterate<Row>(sql: string, ...params: Value[]): IterableIterator<Row>
}

/** Handed to the function of `write` and of no use outside it. */
export interface Writer extends Reader {
  run(sql: string, ...params: Value[]): Driver.RunResult
  readonly changes: Changes
}

/**
 * How surely a commit outlives a power cut. `full`: it is on the disk when `write` returns; for everything that is
 * acknowledged to a person. `normal`: it may be lost whole (never torn); for mail, which the server still has, because
 * messages and cursor are lost together.
 */
export type Durability = 'full' | 'normal'

/** `failure`: its commit failed. */
interface Transaction {
  readonly changes: Changes
  failure: Error | null
}
/** Stands for none. */
const ended: Transaction = { changes: new Changes(), failure: null }

export const databaseFile = (dir: string): string => path.join(dir, 'postern.db')

/** Bytes of a page of a new database: four packed messages fit with little left over; in half of that, two leave a quarter empty. */
export const pageBytes = 8192
/** Journal pages (64 MiB) after which a commit itself copies them back, if the store's thread has not done so long before (store/file/upkeep). */
const walPages = 8_000

/**
 * The encrypted database: AEGIS-256, an authenticated cipher, so a changed byte is an error and never other data.
 * The 256-bit key is used as it is, no derivation. One connection: this process is single-threaded and every
 * transaction ends within the call that began it, so a second one would wait for the same thread.
 */
export class Database {
  readonly read: Reader
  private readonly writer: Writer
  private readonly statements = new Map<string, Driver.Statement>()
  private open: Transaction = ended
  private durability: Durability | null = null
  private writing = false
  private readonly begin: Driver.Statement
  private readonly commit: Driver.Statement
  private readonly rollback: Driver.Statement

  private constructor(
    private readonly db: Driver,
    readonly file: string,
    private readonly onCommit: (changes: Changes) => void,
  ) {
    const statement = (sql: string): Driver.Statement => this.statement(sql)
    const get = <Row>(sql: string, ...params: Value[]): Row | undefined =>
      guarded(() => readAgain(db, file, this.writing, () => this.typed<Row>(sql).get(...bound(sql, params))))
    const all = <Row>(sql: string, ...params: Value[]): Row[] =>
      guarded(() => readAgain(db, file, this.writing, () => this.typed<Row>(sql).all(...bound(sql, params))))
    const rows = <Row>(sql: string, params: Value[]): IterableIterator<Row> =>
      this.typed<Row>(sql).iterate(...bound(sql, params))
    function* iterate<Row>(sql: string, ...params: Value[]): Generator<Row> {
      try {
        yield* rows<Row>(sql, params)
      } catch (fault) {
        throw translated(fault)
      }
    }
    this.read = { get, all, iterate }
    const changesNow = (): Changes => this.open.changes
    this.writer = {
      get,
      all,
      iterate,
      run: (sql, ...params) =>
        guarded(() => readAgain(db, file, this.writing, () => statement(sql).run(...bound(sql, params)))),
      get changes() {
        return changesNow()
      },
    }
    this.begin = db.prepare('BEGIN IMMEDIATE')
    this.commit = db.prepare('COMMIT')
    this.rollback = db.prepare('ROLLBACK')
  }

  /**
   * Opens or makes `postern.db` in `dir` and brings its schema up to date. `journalDamaged`: transactions that an earlier
   * run committed cannot be read from the journal any more and are lost.
   * @param key 32 bytes; the caller may wipe it afterwards
   * @throws PosternError `key-missing` (another key's database), `store-corrupt`, `store-newer`, `disk-full`, `disk-error`
   */
  static open(
    dir: string,
    key: Uint8Array,
    onCommit: (changes: Changes) => void,
    steps: readonly Migration[] = migrations,
    again = false,
  ): { database: Database; created: boolean; journalDamaged: boolean } {
    if (key.byteLength !== 32) throw new PosternError('key-missing', 'the key is not 256 bits')
    const file = databaseFile(dir)
    const created = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0
    const journal = readJournal(`${file}-wal`, pageBytes)
    return guarded(() => {
      let db: Driver | null = null
      try {
        db = openDriver(file, key)
        if (created) db.pragma(`page_size = ${pageBytes}`)
        db.pragma(`wal_autocheckpoint = ${walPages}`)
        db.prepare('SELECT count(*) FROM sqlite_schema').get()
        // Set before the first page is: room that is given up goes back to the disk piece by piece.
        if (created) db.pragma('auto_vacuum = INCREMENTAL')
        db.pragma('journal_mode = WAL')
        const journalDamaged = isJournalDamaged(db, journal)
        migrate(db, steps)
        return { database: new Database(db, file, onCommit), created, journalDamaged }
      } catch (fault) {
        db?.close()
        // A disk that failed to read once is no damage.
        if (isCorrupt(fault) && !again) return Database.open(dir, key, onCommit, steps, true)
        if (isCorrupt(fault) && !canBeRead(file)) throw new PosternError('disk-error', 'the file cannot be read')
        throw isNotADatabase(fault) && !created ? explainUnreadable(file, key) : fault
      }
    })
  }

  /** A database that lives in memory and is gone with it, unencrypted: for runs that need many of them. */
  static inMemory(): Database {
    const db = new Driver(':memory:')
    db.pragma('foreign_keys = ON')
    migrate(db, migrations)
    return new Database(db, ':memory:', () => undefined)
  }

  /** Gives some free pages back to the disk. @returns whether there are more */
  shrink(pages: number): boolean {
    return guarded(() => {
      this.settle()
      this.setDurability('normal')
      this.db.pragma(`incremental_vacuum(${pages})`)
      return Number(this.db.pragma('freelist_count', { simple: true })) > keptFreePages
    })
  }

  /** One transaction, at most about 20 ms of work. What it changed is published after the commit. */
  write<T>(work: (tx: Writer) => T, durability: Durability = 'full'): T {
    return guarded(() => {
      const own = this.start(durability)
      const result = this.work(work)
      this.finish(own)
      return result
    })
  }

  /**
   * Long work as one transaction in steps, between which others have their turn: each page of the file that several steps change
   * is written once. Who reads meanwhile sees what is done so far; who writes commits that first, and the next step begins
   * another transaction, so each step must leave everything in order and look again at what it goes by.
   * @param step does a part of it; true: there is more
   * @param between resolves when the next step may begin
   * @throws what a step throws, or the commit of earlier ones; then what was not committed yet is undone
   */
  async writeInSteps(
    step: (tx: Writer) => boolean,
    durability: Durability,
    between: () => Promise<void>,
  ): Promise<void> {
    let own = ended
    for (;;) {
      const goesOn = guarded(() => {
        // A statement that met a bad disk may have taken the transaction with it, also one that only read.
        if (own !== this.open || !this.db.inTransaction) {
          this.finish(own)
          own = this.start(durability)
        }
        return this.work(step)
      })
      // Before the commit too: it takes longer than a step, and questions would wait for both.
      await between()
      if (!goesOn) return guarded(() => this.finish(own))
    }
  }

  private start(durability: Durability): Transaction {
    this.settle()
    this.setDurability(durability)
    readAgain(this.db, this.file, false, () => this.begin.run())
    this.open = { changes: new Changes(), failure: null }
    return this.open
  }

  /** Does something inside the open transaction, which ends without effect when that fails. */
  private work<T>(work: (tx: Writer) => T): T {
    this.writing = true
    try {
      return work(this.writer)
    } catch (fault) {
      this.undo()
      throw fault
    } finally {
      this.writing = false
    }
  }

  /** Commits what is open. That it failed is for whoever did it to know, not for who comes next. */
  private settle(): void {
    if (this.writing) throw new Error('a transaction inside a transaction')
    const { open } = this
    if (open === ended) return
    try {
      readAgain(this.db, this.file, true, () => this.commit.run())
    } catch (fault) {
      open.failure = fault instanceof Error ? fault : new Error(String(fault))
      this.undo()
      return
    }
    this.open = ended
    this.onCommit(open.changes)
  }

  /** @throws what the commit of `own`, now or before, threw */
  private finish(own: Transaction): void {
    this.settle()
    if (own.failure !== null) throw own.failure
  }

  private undo(): void {
    this.open = ended
    if (this.db.inTransaction) this.rollback.run()
  }

  /** Inside `write` now. */
  get isWriting(): boolean {
    return this.writing
  }

  pragma(source: string): unknown {
    return guarded(() => this.db.pragma(source, { simple: true }))
  }

  /** Pages in the journal, and how many of them have been copied back. Once all are, the next commit begins the journal anew. */
  journal(): { pages: number; copied: number } {
    const [state] = guarded(() => {
      this.settle()
      return this.db.prepare<[], { log: number; checkpointed: number }>('PRAGMA wal_checkpoint(NOOP)').all()
    })
    return { pages: Math.max(0, state?.log ?? 0), copied: Math.max(0, state?.checkpointed ?? 0) }
  }

  close(): void {
    this.statements.clear()
    guarded(() => {
      try {
        this.settle()
        readAgain(this.db, this.file, false, () => this.db.pragma('wal_checkpoint(TRUNCATE)'))
      } finally {
        this.db.close()
      }
    })
  }

  private setDurability(durability: Durability): void {
    if (this.durability === durability) return
    this.db.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`)
    this.durability = durability
  }

  private statement(sql: string): Driver.Statement {
    const known = this.statements.get(sql)
    if (known) return known
    const made = this.db.prepare(sql)
    this.statements.set(sql, made)
    return made
  }

  /** The row's type is the caller's word for what the SQL beside it selects. */
  private typed<Row>(sql: string): Driver.Statement<Bound[], Row> {
    return this.statement(sql) as Driver.Statement<Bound[], Row>
  }
}

/** Rows that one statement inserts: fewer statements, and for any number of rows only these two. */
const rowsAtOnce = 16

/** Inserts rows in order. @param into `INSERT INTO table(columns)` with as many columns as each row has values */
export function insertRows(tx: Writer, into: string, rows: readonly (readonly Value[])[]): void {
  for (let at = 0; at < rows.length;) {
    const some = rows.slice(at, at + (rows.length - at < rowsAtOnce ? 1 : rowsAtOnce))
    const places = some.map((row) => `(${row.map(() => '?').join(', ')})`)
    tx.run(`${into} VALUES${places.join(', ')}`, ...some.flat())
    at += some.length
  }
}

/** Questions on a connection of its own, which somebody opened and will close. */
export function readerOf(db: Driver): Reader {
  const statements = new Map<string, Driver.Statement>()
  const prepared = <Row>(sql: string): Driver.Statement<Bound[], Row> => {
    const known = statements.get(sql) ?? db.prepare(sql)
    statements.set(sql, known)
    return known as Driver.Statement<Bound[], Row>
  }
  return {
    get: <Row>(sql: string, ...params: Value[]): Row | undefined =>
      guarded(() => prepared<Row>(sql).get(...bound(sql, params))),
    all: <Row>(sql: string, ...params: Value[]): Row[] => guarded(() => prepared<Row>(sql).all(...bound(sql, params))),
    iterate: <Row>(sql: string, ...params: Value[]): IterableIterator<Row> =>
      prepared<Row>(sql).iterate(...bound(sql, params)),
  }
}

type Bound = Value | Record<string, Value>

const numbered = new Map<string, boolean>()

/** The driver takes numbered parameters (?1, ?2) as the names of an object. */
function bound(sql: string, params: Value[]): Bound[] {
  let isNumbered = numbered.get(sql)
  if (isNumbered === undefined) numbered.set(sql, (isNumbered = sql.includes('?1')))
  return isNumbered ? [Object.fromEntries(params.map((value, index) => [String(index + 1), value]))] : params
}

/** Pages that stay free for what is written next (4 MiB). */
const keptFreePages = 500

function migrate(db: Driver, steps: readonly Migration[]): void {
  const newest = steps.at(-1)?.version ?? 0
  const current = Number(db.pragma('user_version', { simple: true }))
  if (current > newest)
    throw new PosternError('store-newer', 'the database is from a newer program', { found: current, known: newest })
  const climb = db.transaction((some: readonly Migration[]) => {
    for (const step of some) {
      db.exec(step.up)
      db.pragma(`user_version = ${step.version}`)
    }
  })
  // A new database waits for the disk once; an older one keeps each step that it has done.
  if (current === 0) climb.immediate(steps)
  else for (const step of steps) if (step.version > current) climb.immediate([step])
}
