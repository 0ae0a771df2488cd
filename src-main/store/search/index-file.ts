import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import Driver from 'better-sqlite3-multiple-ciphers'
import { PosternError } from '../../../src-preload/contract/errors'
import { openDriver } from '../file/driver'
import { isJournalDamaged, readJournal } from '../file/journal'

/** Another number makes every program that opens the file build it anew from the messages. */
const format = 3
/** Bytes of a page. */
const pageBytes = 4096
/** Bytes of a piece of the index, as large as a page holds beside the cipher's 64 bytes and its own heads: FTS5's usual 4050 took two pages each. */
const pieceBytes = 3980
/** Journal pages (8 MiB) after which a commit copies them back. */
const walPages = 2000
/** Index pages that one step of merging writes: some 30 ms. */
const mergePages = 256

/**
 * The search index: an FTS5 table over the words of all messages in an encrypted file of its own, `postern-search.db`.
 * It can be built anew from the messages at any time. Words only, no positions and no copy of the text: phrases are
 * checked on the message itself (store/search/search).
 *
 * A batch is one segment of the index, so large ones make it small and fast. Segments are merged by the thread that
 * writes; whoever reads waits for neither.
 */
export class IndexFile {
  private constructor(
    private readonly db: Driver,
    readonly id: string,
  ) {}

  static path(dir: string): string {
    return path.join(dir, 'postern-search.db')
  }

  /**
   * Opens or makes the file. Throws the driver's error when it is damaged, of another key or format.
   * @param first nobody else has it open: only then can what the journal holds be compared with what SQLite took from it
   */
  static open(dir: string, key: Uint8Array, first = false): IndexFile {
    const journal = first ? readJournal(`${IndexFile.path(dir)}-wal`, pageBytes) : null
    const db = openDriver(IndexFile.path(dir), key, { cacheMiB: 8 })
    try {
      db.pragma(`wal_autocheckpoint = ${walPages}`)
      // Before the first table: merging leaves pages free, which are given back to the disk.
      db.pragma('auto_vacuum = INCREMENTAL')
      db.prepare('SELECT count(*) FROM sqlite_schema').get()
      db.pragma('journal_mode = WAL')
      if (isJournalDamaged(db, journal)) throw new Error('the journal of the search index is damaged')
      const found = Number(db.pragma('user_version', { simple: true }))
      if (found === 0) db.transaction(() => make(db)).immediate()
      else if (found !== format) throw new Error(`the search index has format ${found}`)
      const about = db.prepare<[], { value: string }>("SELECT value FROM about WHERE key = 'id'").get()
      return new IndexFile(db, about?.value ?? '')
    } catch (fault) {
      db.close()
      throw fault
    }
  }

  /** Takes the file away, to be made anew. */
  static remove(dir: string): void {
    for (const ending of ['', '-wal', '-shm']) rmSync(IndexFile.path(dir) + ending, { force: true })
  }

  /** Ids of the messages that fit, newest first. Throws the driver's error; `SQLITE_ERROR` for an expression that FTS5 does not take. */
  matches(expression: string): IterableIterator<{ rowid: number }> {
    return this.db
      .prepare<[string], { rowid: number }>('SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC')
      .iterate(expression)
  }

  /**
   * Puts messages in, whether they are there already or not, and takes those out that have no words any more. On the disk when
   * it returns.
   * @param wordsOf null: the message is gone. What it throws about the one message costs that one only
   * @returns messages whose words could not be read
   */
  apply(ids: readonly number[], wordsOf: (id: number) => string | Uint8Array | null): number {
    const drop = this.db.prepare('DELETE FROM search WHERE rowid = ?')
    const known = this.db.prepare<[number], { id: number }>('SELECT id FROM search_docsize WHERE id = ?')
    const insert = this.db.prepare('INSERT INTO search(rowid, words) VALUES(?, ?)')
    let unreadable = 0
    this.db
      .transaction(() => {
        for (const id of ids) if (known.get(id)) drop.run(id)
        // Words are gathered into one segment as long as ids ascend.
        for (const id of ids.toSorted((a, b) => a - b)) {
          let words: string | Uint8Array | null = null
          try {
            words = wordsOf(id)
          } catch (fault) {
            if (fault instanceof PosternError && fault.code !== 'store-corrupt') throw fault
            unreadable++
          }
          if (words !== null) insert.run(id, words)
        }
      })
      .immediate()
    return unreadable
  }

  /** One step of merging segments. @returns whether there may be more to merge */
  merge(): boolean {
    return this.step(mergePages)
  }

  /** One step towards a single segment, in which nothing of a removed message is left (R48). `begin`: the first one. */
  purge(begin: boolean): boolean {
    return this.step(begin ? -mergePages : mergePages)
  }

  /** Gives free pages back to the disk and empties the journal. */
  rest(): void {
    this.db.exec('PRAGMA incremental_vacuum')
    this.db.pragma('wal_checkpoint(TRUNCATE)')
  }

  /** Segments that a query must look into. */
  segments(): number {
    return this.db.prepare<[], { n: number }>('SELECT count(DISTINCT segid) AS n FROM search_idx').get()?.n ?? 0
  }

  close(): void {
    this.db.close()
  }

  private step(pages: number): boolean {
    const total = this.db.prepare<[], { n: number }>('SELECT total_changes() AS n')
    const before = total.get()?.n ?? 0
    this.db.prepare("INSERT INTO search(search, rank) VALUES('merge', ?)").run(pages)
    return (total.get()?.n ?? 0) - before > 1
  }
}

function make(db: Driver): void {
  db.exec(`
CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5(
  words, content='', contentless_delete=1, detail=none, prefix='3',
  tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
-- A batch is gathered whole before it is written. A first sync leaves one segment a batch, which are merged at rest, each word once;
-- only beyond sixty-four batches some are merged while mail pours in.
INSERT INTO search(search, rank) VALUES('hashsize', 33554432);
INSERT INTO search(search, rank) VALUES('automerge', 64);
INSERT INTO search(search, rank) VALUES('crisismerge', 128);
INSERT INTO search(search, rank) VALUES('pgsz', ${pieceBytes});
PRAGMA user_version = ${format};
`)
  db.prepare("INSERT INTO about(key, value) VALUES('id', ?)").run(randomUUID())
}
