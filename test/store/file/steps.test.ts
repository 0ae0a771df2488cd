import { rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Database, databaseFile, type Writer } from '../../../src-main/store/file/database'
import { openDriver } from '../../../src-main/store/file/driver'
import { tempFolder } from '../../servers/process.mjs'

let dir: string
let db: Database
let commits: number
const key = randomBytes(32)

beforeEach(() => {
  dir = tempFolder('steps')
  commits = 0
  db = Database.open(dir, key, () => void commits++).database
})
afterEach(() => {
  db.close()
  rmSync(dir, { recursive: true, force: true })
})

const put = (tx: Writer, name: string): unknown => tx.run('INSERT INTO meta(key, value) VALUES(?, ?)', name, '')
const names = (): string[] =>
  db.read.all<{ key: string }>("SELECT key FROM meta WHERE key LIKE 't%' ORDER BY key").map((row) => row.key)
/** What another connection sees, as the store's thread or a support session has one. */
function namesElsewhere(): number {
  const other = openDriver(databaseFile(dir), key, { readonly: true })
  try {
    return other.prepare<[], { n: number }>("SELECT count(*) AS n FROM meta WHERE key LIKE 't%'").get()?.n ?? 0
  } finally {
    other.close()
  }
}
/** Three steps, each of which puts one row in; `between` is told how many are done. */
async function threeSteps(between: (done: number) => void = () => undefined, fails = 0): Promise<void> {
  let done = 0
  await db.writeInSteps(
    (tx) => {
      if (done + 1 === fails) throw new Error('this step fails')
      put(tx, `t${++done}`)
      return done < 3
    },
    'normal',
    () => {
      between(done)
      return Promise.resolve()
    },
  )
}

describe('a transaction in steps', () => {
  test('is read here while it is under way, seen elsewhere when it is whole, and published once', async () => {
    const seen: [number, number][] = []
    await threeSteps(() => seen.push([names().length, namesElsewhere()]))
    expect(seen).toEqual([
      [1, 0],
      [2, 0],
      // Whoever waits comes before the commit too.
      [3, 0],
    ])
    expect([names().length, namesElsewhere(), commits]).toEqual([3, 3, 1])
  })

  test('neither loses a write that comes between two steps nor is lost by it', async () => {
    await threeSteps((done) => {
      if (done === 1) db.write((tx) => put(tx, 't-person'))
      // What a person does is on the disk when it is answered, with what was done before.
      expect(namesElsewhere()).toBe(2)
    })
    expect(names()).toEqual(['t-person', 't1', 't2', 't3'])
    expect(commits).toBe(3)
  })

  test('keeps its steps when a write between them fails', async () => {
    await threeSteps((done) => {
      if (done !== 2) return
      const write = (): void =>
        db.write((tx) => {
          put(tx, 't-person')
          throw new Error('the person is refused')
        })
      expect(write).toThrow('refused')
    })
    expect(names()).toEqual(['t1', 't2', 't3'])
  })

  test('leaves nothing and publishes nothing when a step fails', async () => {
    await expect(threeSteps(undefined, 3)).rejects.toThrow('this step fails')
    expect([names(), namesElsewhere(), commits]).toEqual([[], 0, 0])
  })

  test('does not go on when the commit of its first steps failed for somebody else, whose write holds', async () => {
    let steps = 0
    const work = db.writeInSteps(
      (tx) => {
        put(tx, `t${++steps}`)
        tx.run('PRAGMA defer_foreign_keys = ON')
        tx.run('INSERT INTO locations(folder_id, uid, message_id, flags) VALUES(1, 1, 1, 0)')
        return true
      },
      'normal',
      () => {
        db.write((tx) => put(tx, 't-person'))
        return Promise.resolve()
      },
    )
    await expect(work).rejects.toThrow('FOREIGN KEY')
    expect([steps, names(), commits]).toEqual([1, ['t-person'], 1])
  })

  test('does not go on outside a transaction when a bad disk ended it', async () => {
    let steps = 0
    let inside: Writer | null = null
    const work = db.writeInSteps(
      (tx) => {
        inside = tx
        put(tx, `t${++steps}`)
        return true
      },
      'normal',
      () => {
        // SQLite itself does this when a statement meets a disk that fails, even one that only reads.
        inside?.run('ROLLBACK')
        return Promise.resolve()
      },
    )
    await expect(work).rejects.toThrow()
    expect([steps, names(), commits]).toEqual([1, [], 0])
    db.write((tx) => put(tx, 't-later'))
    expect(names()).toEqual(['t-later'])
  })

  test('is whole when another write, or the end of the store, comes between its last step and its commit', async () => {
    await threeSteps((done) => {
      if (done === 3) db.write((tx) => put(tx, 't-person'))
    })
    expect([names(), commits]).toEqual([['t-person', 't1', 't2', 't3'], 2])
    db.write((tx) => tx.run("DELETE FROM meta WHERE key LIKE 't%'"))
    await threeSteps((done) => {
      if (done === 3) db.close()
    })
    db = Database.open(dir, key, () => void commits++).database
    expect(names()).toEqual(['t1', 't2', 't3'])
  })

  test('is not begun inside another one', async () => {
    const nested: Promise<void>[] = []
    db.write(() => void nested.push(threeSteps()))
    await expect(nested[0]).rejects.toThrow('a transaction inside a transaction')
    expect(names()).toEqual([])
  })

  test('keeps what was done when the store is closed between two steps', async () => {
    const work = threeSteps((done) => {
      if (done === 2) db.close()
    })
    await expect(work).rejects.toThrow()
    db = Database.open(dir, key, () => void commits++).database
    expect(names()).toEqual(['t1', 't2'])
  })
})
