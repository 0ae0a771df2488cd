/**
 * Measures what the store alone takes for N messages like those of the table in facts.md: threaded, indexed, encrypted,
 * pages as mail sends them (newest first). Prints `figure store.WHAT value` lines.
 */
import { createHash, randomBytes } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import path from 'node:path'
import type { ParsedMessage } from '../../src-preload/contract/internal'
import { packMessage } from '../../src-main/shared/message-body'
import { getConversation } from '../../src-main/store/conversations/conversations'
import { getCounts, listConversations } from '../../src-main/store/conversations/conversation-list'
import { syncFolders, resetFolder } from '../../src-main/store/mail/folders'
import { createMailbox } from '../../src-main/store/mail/mailboxes'
import { ingestPage } from '../../src-main/store/mail/messages'
import { isMainThread } from 'node:worker_threads'
import { IndexFile } from '../../src-main/store/search/index-file'
import { serveStoreThread } from '../../src-main/store/thread-jobs'
import { search } from '../../src-main/store/search/search'
import { SearchIndex } from '../../src-main/store/search/search-index'
import { StoreThread } from '../../src-main/store/store-thread'
import { Upkeep } from '../../src-main/store/file/upkeep'
import { newDeviceSecret } from '../../src-main/crypto/device-keys'
import { Workspace } from '../../src-main/store/workspace'
import { tempFolder } from '../servers/process.mjs'

const count = Number(process.argv[2] ?? 20_000)
const pageSize = Number(process.argv[3] ?? 100)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

let seed = 7
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
  return Math.floor((seed / 0x80000000) * below)
}
const words = Array.from({ length: 20_000 }, (_, index) => `w${String(index).padStart(5, '0')}`)
const someWords = (n: number): string => Array.from({ length: n }, () => words[random(words.length)]).join(' ')

/** The messages of `make_mailbox.py`: threads, customers, 5 to 60 lines of 12 words, text and HTML. */
function* messages(total: number): Generator<ParsedMessage> {
  const threads: [subject: string, id: string][] = []
  let at = 1_700_000_000_000
  for (let index = 0; index < total; index++) {
    at += (1 + random(300)) * 1000
    const customer = random(Math.max(10, total >> 3))
    const id = `m${index}@example.com`
    const reply =
      threads.length > 0 && random(10) < 6
        ? threads[Math.max(0, threads.length - 2000) + random(Math.min(2000, threads.length))]
        : undefined
    const subject = reply ? `Re: ${reply[0]}` : someWords(5)
    if (!reply) threads.push([subject, id])
    const text = Array.from({ length: 5 + random(56) }, () => someWords(12)).join('\n')
    const html = `<html><body><p>${text.replaceAll('\n', '</p><p>')}</p></body></html>`
    const raw = Buffer.from(`Message-ID: <${id}>\r\nSubject: ${subject}\r\n\r\n${text}\r\n${html}`)
    const packed = packMessage({ text, html: null, textSuffices: true, cut: false }, raw)
    yield {
      messageId: id,
      contentHash: createHash('sha256').update(text).digest().subarray(0, 16),
      inReplyTo: reply ? [reply[1]] : [],
      references: reply ? [reply[1]] : [],
      date: at,
      subject,
      from: { name: `Cust ${customer}`, address: `cust${customer}@example${customer % 97}.com` },
      fromSuspicious: false,
      replyTo: [],
      to: [{ name: 'Support', address: 'support@acme.test' }],
      cc: [],
      bcc: [],
      autoKind: 'none',
      snippet: text.slice(0, 200).replaceAll('\n', ' '),
      attachments: [],
      remoteCount: 0,
      remoteUrls: [],
      unreadable: null,
      posternId: null,
      ...packed,
      words: Buffer.from(text),
      rawSize: raw.byteLength,
    }
  }
}

const median = (values: number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0

async function main(): Promise<void> {
  const all = [...messages(count)]
  const dir = tempFolder('ingest')
  try {
    let upkeep: Upkeep | null = null
    let index: SearchIndex | null = null
    const key = randomBytes(32)
    const { workspace } = Workspace.open(dir, key, {
      device: newDeviceSecret(),
      mail: () => null,
      app: () => null,
      onCommit: (changes) => {
        upkeep?.committed()
        index?.committed(changes.reindexed)
      },
    })
    const thread = new StoreThread(dir, key, new URL(import.meta.url))
    index = new SearchIndex(workspace, dir, key, thread)
    const caughtUp = async (): Promise<void> => {
      while (index.waiting > 0)
        await new Promise((resolve) => {
          setTimeout(resolve, 10)
        })
    }
    upkeep = new Upkeep(workspace, thread)
    const server = { host: 'localhost', port: 1, security: 'none' as const, user: 'u' }
    const { id } = createMailbox(workspace, {
      name: 'Support',
      address: 'support@acme.test',
      imap: server,
      smtp: server,
    })
    const { folders } = await syncFolders(workspace, id, [{ path: 'INBOX', delimiter: '/', role: 'inbox' }])
    const folderId = folders[0]?.folderId ?? 0
    resetFolder(workspace, folderId, '1')
    const begun = performance.now()
    const cpuBegun = process.cpuUsage()
    const ownBegun = process.threadCpuUsage()
    const pages: number[] = []
    const waits: number[] = []
    // How long a call of the window would have waited, asked every millisecond.
    let turn = performance.now()
    const watch = setInterval(() => {
      const now = performance.now()
      waits.push(Math.max(0, now - turn - 1))
      turn = now
    }, 1)
    for (let to = all.length; to > 0; to -= pageSize) {
      const page = performance.now()
      const items = all.slice(Math.max(0, to - pageSize), to).map((message, index) => ({
        uid: Math.max(0, to - pageSize) + index + 1,
        flags: index % 2 === 0 ? ['\\Seen'] : [],
        internalDate: (message.date ?? 0) + 2000,
        message,
      }))
      await ingestPage(workspace, {
        folderId,
        uidValidity: '1',
        items,
        cursor: { highUid: count, lowUid: Math.max(1, to - pageSize) },
        backfill: true,
      })
      await index.room()
      await upkeep.room()
      pages.push(performance.now() - page)
      // Between pages mail's next one comes through the port.
      await new Promise((resolve) => setImmediate(resolve))
    }
    const stored = performance.now() - begun
    const own = process.threadCpuUsage(ownBegun)
    await caughtUp()
    const took = performance.now() - begun
    say(`figure store.rows-ms ${stored.toFixed(0)}`)
    const cpu = process.cpuUsage(cpuBegun)
    clearInterval(watch)
    say(`figure store.ingest-ms ${took.toFixed(0)}`)
    // On a machine that others use too, the time on the processor says more than the clock.
    say(`figure store.ingest-cpu-ms ${((cpu.user + cpu.system) / 1000).toFixed(0)}`)
    say(`figure store.rows-cpu-ms ${((own.user + own.system) / 1000).toFixed(0)}`)
    say(`figure store.ingest-per-second ${((count / took) * 1000).toFixed(0)}`)
    say(`figure store.page-p95-ms ${median(pages, 0.95).toFixed(1)}`)
    say(`figure store.turn-p99-ms ${median(waits, 0.99).toFixed(1)}`)
    say(`figure store.turn-max-ms ${waits.reduce((most, one) => Math.max(most, one), 0).toFixed(1)}`)
    const reads = (name: string, work: (n: number) => unknown): void => {
      const times = Array.from({ length: 60 }, (_, n) => {
        const from = performance.now()
        work(n)
        return performance.now() - from
      })
      say(`figure store.${name}-p95-ms ${median(times, 0.95).toFixed(2)}`)
    }
    const total = listConversations(workspace.db.read, {
      view: 'inbox',
      mailboxId: null,
      order: 'newest',
      unreadOnly: false,
      offset: 0,
      limit: 1,
    }).total
    const measureReads = (when: string): void => {
      reads(`${when}.list`, () =>
        listConversations(workspace.db.read, {
          view: 'inbox',
          mailboxId: null,
          order: 'newest',
          unreadOnly: false,
          offset: 0,
          limit: 50,
        }),
      )
      reads(`${when}.list-deep`, (n) =>
        listConversations(workspace.db.read, {
          view: 'inbox',
          mailboxId: 1,
          order: 'newest',
          unreadOnly: false,
          offset: Math.floor(total / (n + 2)),
          limit: 50,
        }),
      )
      reads(`${when}.counts`, () => getCounts(workspace.db.read))
      const { rows } = listConversations(workspace.db.read, {
        view: 'inbox',
        mailboxId: null,
        order: 'newest',
        unreadOnly: false,
        offset: 0,
        limit: 60,
      })
      reads(`${when}.conversation`, (n) => getConversation(workspace.db.read, rows[n]?.id ?? 0))
      reads(`${when}.search-two-words`, (n) =>
        search(workspace.db.read, index, `${words[n * 7] ?? ''} ${words[n * 3 + 5] ?? ''} `, 0, 50),
      )
      reads(`${when}.search-prefix`, (n) =>
        search(workspace.db.read, index, (words[n * 331] ?? '').slice(0, 3 + (n % 3)), 0, 50),
      )
      reads(`${when}.search-common-two`, (n) => search(workspace.db.read, index, `example${n % 97} cust`, 0, 50))
    }
    if (process.argv[4] === 'ingest') return [index, thread].forEach((one) => one.stop())
    measureReads('before-upkeep')
    await new Promise((resolve) => {
      setTimeout(resolve, 3_000)
    })
    measureReads('after-upkeep')
    upkeep.stop()
    index.stop()
    thread.stop()
    const closing = performance.now()
    workspace.db.close()
    say(`figure store.close-ms ${(performance.now() - closing).toFixed(0)}`)
    say(
      `figure store.mib ${((statSync(path.join(dir, 'postern.db')).size + statSync(IndexFile.path(dir)).size) / 2 ** 20).toFixed(1)}`,
    )
    say(`figure store.rss-mib ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)}`)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
if (isMainThread) await main()
else serveStoreThread()
