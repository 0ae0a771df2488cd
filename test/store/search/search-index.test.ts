import { randomBytes } from 'node:crypto'
import { copyFileSync, openSync, closeSync, readFileSync, statSync, writeFileSync, writeSync, rmSync } from 'node:fs'
import Driver from 'better-sqlite3-multiple-ciphers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDriver } from '../../../src-main/store/file/driver'
import { packMessage, unpackSearchText, unpackView } from '../../../src-main/shared/message-body'
import { IndexFile } from '../../../src-main/store/search/index-file'
import { handedWords, handOver, queueForIndex, storedText, wordsOf } from '../../../src-main/store/search/index-text'
import { SearchIndex } from '../../../src-main/store/search/search-index'
import { forIndex } from '../../../src-main/store/search/search-text'
import type { StoreThread } from '../../../src-main/store/store-thread'
import { Harness, parsed } from '../helpers'
import { tempFolder } from '../../servers/process.mjs'

let dir: string
beforeEach(() => {
  dir = tempFolder('index')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const found = async (store: Harness, text: string): Promise<number> =>
  (await store.call('search.query', { text })).hits.length
const whole = async (store: Harness): Promise<void> => await expect.poll(() => store.service.open.index.waiting).toBe(0)

/** A store with `count` messages, each with a word of its own. */
async function filled(count: number): Promise<Harness> {
  const store = await Harness.make(dir)
  const { folders } = await store.mailbox()
  for (let n = 0; n < count; n++)
    await store.put(folders['INBOX'] ?? 0, {
      from: `c${n}@x.test`,
      subject: `S${n}`,
      text: `common word${n}`,
      files: [{ name: `photo${n}.jpg` }],
    })
  return store
}

describe('the search index', () => {
  test('what was stored before a crash, and not indexed yet, is found after it', async () => {
    const store = await filled(3)
    await whole(store)
    // The state in which a kill between the two commits leaves the files.
    store.db.write((tx) => tx.run('INSERT INTO index_queue(message_id) SELECT id FROM messages'))
    store.service.closeStore()
    IndexFile.remove(dir)
    await store.start()
    await whole(store)
    expect(await found(store, 'common word1 ')).toBe(1)
    expect(await found(store, 'photo2')).toBe(1)
    expect(store.db.read.get('SELECT count(*) AS n FROM index_queue')).toEqual({ n: 0 })
    store.service.closeStore()
  })

  test('no piece of the index takes a second page for its last bytes', () => {
    const key = randomBytes(32)
    const index = IndexFile.open(dir, key)
    index.apply(
      Array.from({ length: 300 }, (_, n) => n + 1),
      (id) => Array.from({ length: 60 }, (_, at) => `w${(id * 7919 + at * 104_729) % 30_011}`).join(' '),
    )
    index.close()
    const file = openDriver(IndexFile.path(dir), key)
    const pages = file
      .prepare<[], { pagetype: string; n: number }>(
        "SELECT pagetype, count(*) AS n FROM dbstat WHERE name = 'search_data' GROUP BY pagetype",
      )
      .all()
    file.close()
    expect(pages.find(({ pagetype }) => pagetype === 'leaf')?.n).toBeGreaterThan(20)
    expect(pages.filter(({ pagetype }) => pagetype === 'overflow')).toEqual([])
  })

  test('a damaged or cut file costs no message and no start: it is made anew', async () => {
    const store = await filled(30)
    await whole(store)
    const file = IndexFile.path(dir)
    for (const damage of ['first page', 'every page', 'cut', 'empty', 'foreign'] as const) {
      store.service.closeStore()
      if (damage === 'first page' || damage === 'every page') {
        const handle = openSync(file, 'r+')
        for (let at = 200; at < (damage === 'first page' ? 201 : statSync(file).size); at += 4096)
          writeSync(handle, Buffer.from([1, 2, 3]), 0, 3, at)
        closeSync(handle)
      } else
        writeFileSync(
          file,
          damage === 'cut'
            ? readFileSync(file).subarray(0, 9000)
            : damage === 'empty'
              ? ''
              : 'SQLite format 3\0 but not ours'.padEnd(8192, 'x'),
        )
      await store.start()
      await whole(store)
      expect(await found(store, 'word7 '), damage).toBe(1)
      expect((await store.list()).length, damage).toBe(30)
    }
    store.service.closeStore()
  })

  test('damage that is met by a search is mended behind it', async () => {
    const store = await filled(200)
    await whole(store)
    store.service.closeStore()
    const file = IndexFile.path(dir)
    const handle = openSync(file, 'r+')
    // All but the schema: the file opens, the index does not read.
    for (let at = 4096 * 6 + 100; at < statSync(file).size; at += 4096) writeSync(handle, randomBytes(8), 0, 8, at)
    closeSync(handle)
    await store.start()
    await expect.poll(async () => await found(store, 'word77 ')).toBe(1)
    store.service.closeStore()
  })

  test.each(['met by a search', 'met at a start'])(
    'damage %s while the disk is full takes search, or the store, from nobody once there is room',
    async (when) => {
      const store = await filled(5)
      await whole(store)
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true })
      const full = vi.spyOn(IndexFile, 'open').mockImplementation(() => {
        throw new Driver.SqliteError('database or disk is full', 'SQLITE_FULL')
      })
      try {
        if (when === 'met at a start') {
          store.service.closeStore()
          IndexFile.remove(dir)
          await store.start()
        } else {
          vi.spyOn(IndexFile.prototype, 'matches').mockImplementationOnce(() => {
            throw new Driver.SqliteError('malformed', 'SQLITE_CORRUPT')
          })
          expect(await found(store, 'word1 ')).toBe(0)
        }
        expect(await found(store, 'word1 ')).toBe(0)
        expect(store.service.open.index.waiting).toBeGreaterThan(0)
        expect(await store.list()).toHaveLength(5)
        full.mockRestore()
        await vi.advanceTimersByTimeAsync(20_000)
        await whole(store)
        expect(await found(store, 'word1 ')).toBe(1)
      } finally {
        full.mockRestore()
        vi.useRealTimers()
        store.service.closeStore()
      }
    },
  )

  test('a message that cannot be read keeps no other one from being found', async () => {
    const store = await filled(3)
    await whole(store)
    store.db.write((tx) => {
      tx.run("UPDATE message_bodies SET body = x'00' WHERE message_id = (SELECT min(id) FROM messages)")
      tx.run('INSERT INTO index_queue(message_id) SELECT id FROM messages')
    })
    store.service.closeStore()
    IndexFile.remove(dir)
    await store.start()
    await whole(store)
    expect(await found(store, 'word1 ')).toBe(1)
    expect(await found(store, 'word2 ')).toBe(1)
    expect(await found(store, 'word0 ')).toBe(0)
    store.service.closeStore()
  })

  test('the index of another database is never searched', async () => {
    const other = await Harness.make()
    const { folders } = await other.mailbox()
    await other.put(folders['INBOX'] ?? 0, { from: 'x@x.test', text: 'elsewhere' })
    await whole(other)
    const store = await filled(2)
    await whole(store)
    store.service.closeStore()
    other.service.closeStore()
    copyFileSync(IndexFile.path(other.dir), IndexFile.path(dir))
    await store.start()
    await whole(store)
    expect(await found(store, 'elsewhere')).toBe(0)
    expect(await found(store, 'word1 ')).toBe(1)
    store.service.closeStore()
    await other.stop()
  })

  test('the note of a message that changes while its words are written outlasts that, so that no crash loses its new words', async () => {
    const store = await filled(1)
    await whole(store)
    const { workspace } = store.service.open
    const noted = () => workspace.db.read.all('SELECT message_id FROM index_queue').length
    const id = workspace.db.read.get<{ id: number }>('SELECT id FROM messages')?.id ?? 0
    let wrote: () => void = () => undefined
    const thread = {
      script: null,
      takeSpare: () => null,
      perform: ({ kind }: { kind: string }) =>
        new Promise<{ more: boolean }>((resolve) => {
          if (kind === 'batch') wrote = () => resolve({ more: false })
        }),
    } as unknown as StoreThread
    const index = new SearchIndex(workspace, dir, store.key, thread)
    workspace.db.write((tx) => queueForIndex(tx, id))
    index.committed(new Map([[id, null]]))
    await expect.poll(() => index.waiting).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    // A page of mail changes it in a step that is not committed yet when the note is taken away.
    let goOn: () => void = () => undefined
    const committed = vi.spyOn(store.service.open.index, 'committed').mockImplementation((map) => index.committed(map))
    const page = workspace.db.writeInSteps(
      (tx) => {
        queueForIndex(tx, id)
        return false
      },
      'normal',
      () => new Promise((resolve) => (goOn = resolve)),
    )
    wrote()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(noted()).toBe(1)
    goOn()
    await page
    index.stop()
    committed.mockRestore()
    await store.stop()
  })

  test('a removed message is found no more, and one that changed is found by its new words only', async () => {
    const store = await filled(3)
    const { id, folders } = await store.mailbox('gone@acme.test')
    await store.put(folders['INBOX'] ?? 0, parsed({ from: 'h@x.test', text: 'vanishing' }))
    expect(await found(store, 'vanishing')).toBe(1)
    await store.app.call('mailbox.remove', { id })
    await expect.poll(async () => await found(store, 'vanishing')).toBe(0)
    await whole(store)
    expect([...store.service.open.index.matches('"vanishing"')]).toEqual([])
    expect(await found(store, 'word2 ')).toBe(1)
    store.service.closeStore()
  })

  test('words that come along with a message and words that are read from it are the same, in every script', async () => {
    const store = await Harness.make(dir)
    const { folders } = await store.mailbox()
    const texts = ['The bell', 'Ärger mit Größe\r\n', '自転車のベルが鳴らない', 'ไม่ดัง bell', 'a\0b', '\ud800 half', '']
    for (const [n, text] of texts.entries()) {
      for (const from of [`c${n}@x.test`, 'support@acme.test']) {
        const message = parsed({
          from,
          subject: `件名 ${n}`,
          text,
          to: ['to@y.test'],
          files: [{ name: `写真${n}.jpg` }],
        })
        const ours = from === 'support@acme.test'
        await store.put(folders['INBOX'] ?? 0, message)
        const row = store.db.read.get<{ id: number }>(
          'SELECT id FROM messages WHERE content_hash = ?',
          message.contentHash,
        )
        const words = wordsOf({ ...message, words: Buffer.from(text) }, ours)
        // What an earlier batch left in the buffer belongs to no message of this one.
        const handed = handedWords(
          await handOver(
            [
              [1, null],
              [row?.id ?? 0, words],
            ],
            () => Promise.resolve(),
            Uint8Array.from(Buffer.from('earlier '.repeat(20))).buffer,
          ),
        ).get(row?.id ?? 0)
        const alongside = String(handed && forIndex(handed))
        expect(alongside).toBe(String(storedText(store.db.read, row?.id ?? 0)))
      }
    }
    store.service.closeStore()
  })

  test('a message is found by the words that came along; once it changed, by those that are stored', async () => {
    const store = await Harness.make(dir)
    const { folders } = await store.mailbox()
    const message = parsed({ from: 'a@x.test', text: 'stored' })
    await store.put(folders['INBOX'] ?? 0, { ...message, words: Buffer.from('handed') })
    await whole(store)
    expect(await found(store, 'stored ')).toBe(0)
    expect([...store.service.open.index.matches('"handed"')]).toHaveLength(1)
    const id = store.db.read.get<{ id: number }>('SELECT id FROM messages')?.id ?? 0
    const { index } = store.service.open
    index.committed(new Map([[id, { head: '', text: Buffer.from('outdated') }]]))
    store.db.write((tx) => queueForIndex(tx, id))
    await whole(store)
    expect(await found(store, 'stored ')).toBe(1)
    expect([...index.matches('"handed" OR "outdated"')]).toEqual([])
    store.service.closeStore()
  })

  test('words that wait are bounded: those of more messages are read when it is their turn', async () => {
    const store = await filled(3)
    await whole(store)
    const { index } = store.service.open
    const ids = store.db.read.all<{ id: number }>('SELECT id FROM messages ORDER BY id').map(({ id }) => id)
    index.committed(new Map(ids.map((id) => [id, { head: '', text: Buffer.alloc(5 * 2 ** 20, 'handed ') }])))
    await whole(store)
    expect([...index.matches('"handed"')]).toHaveLength(1)
    expect(await found(store, 'word1 ')).toBe(1)
    expect(await found(store, 'word2 ')).toBe(1)
    store.service.closeStore()
  })

  test('words that only the HTML of a mail has are kept with it', () => {
    const { body } = packMessage(
      { text: 'View in browser', html: '<p>Invoice overdue</p>', textSuffices: false, cut: false },
      Buffer.from('raw'),
      {},
      'Invoice overdue',
    )
    expect(unpackSearchText(body)).toBe('View in browser\nInvoice overdue')
    expect(unpackView(body)).toEqual({
      text: 'View in browser',
      html: '<p>Invoice overdue</p>',
      textSuffices: false,
      cut: false,
    })
  })
})
