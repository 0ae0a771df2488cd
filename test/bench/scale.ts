/**
 * bench:scale [-- COUNT DIR]: how a store answers as it grows from 10,000 to COUNT (1,000,000) messages: opening the inbox,
 * switching views, the next page, a conversation, a search; and in the end saved views over a million conversations. With DIR the
 * store is kept there and used again.
 */
import { rmSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import type { View } from '../../src-preload/contract/mail'
import { getConversation } from '../../src-main/store/conversations/conversations'
import {
  getCounts,
  listConversations,
  positionOf,
  type ListQuery,
} from '../../src-main/store/conversations/conversation-list'
import { serveStoreThread } from '../../src-main/store/thread-jobs'
import { search } from '../../src-main/store/search/search'
import { tempFolder } from '../servers/process.mjs'
import { figure, openBigStore, p95, say, word, type BigStore } from './big-store'
import { benchViews } from './views'

const total = Number(process.argv[2] ?? 1_000_000)
const kept = process.argv[3]
const rounds = 60

function measure({
  workspace,
  index,
}: BigStore): Record<'open' | 'switch' | 'page' | 'conversation' | 'search', number> {
  const { read } = workspace.db
  const me = workspace.device.id
  const list = (query: ListQuery, offset = 0, limit = 60) => listConversations(read, { ...query, offset, limit }, me)
  const query = (view: View, mailboxId: number | null = null): ListQuery => ({
    view,
    mailboxId,
    order: 'newest',
    unreadOnly: false,
  })
  const timed = (work: (n: number) => void): number =>
    p95(
      Array.from({ length: rounds }, (_, n) => {
        const from = performance.now()
        work(n)
        return performance.now() - from
      }),
    )
  const first = list(query('inbox'))
  const closed = list(query('closed'), 0, 1).total
  const views: readonly View[] = [
    'inbox',
    'closed',
    'unassigned',
    'pending',
    'mine',
    'spam',
    'assigned',
    'drafts',
    'mentions',
    'outbox',
    'followed',
  ]
  return {
    open: timed(() => {
      getCounts(read, me)
      const { rows } = list(query('inbox'))
      getConversation(read, rows[0]?.id ?? 0)
    }),
    switch: timed((n) => {
      getCounts(read, me)
      list(query(views[n % views.length] ?? 'inbox', n % 2 === 0 ? null : 1))
    }),
    // Of the longest list, at places all over it: a scrollbar can be dragged anywhere.
    page: timed((n) => {
      const { rows } = list(query('closed', n % 2 === 0 ? null : 1), Math.floor((closed / rounds) * n))
      if (n % 6 === 0) positionOf(read, { ...query('closed'), id: rows[0]?.id ?? 0 }, me)
    }),
    conversation: timed((n) => getConversation(read, first.rows[n]?.id ?? 0)),
    search: timed((n) => search(read, index, `${word(200 + n * 11)} ${word(350 + n * 7)} `, 0, 50)),
  }
}

async function main(): Promise<void> {
  const dir = kept ?? tempFolder('scale')
  const store = await openBigStore(dir, total, new URL(import.meta.url))
  try {
    let last = { open: 0, switch: 0, page: 0, conversation: 0, search: 0 }
    for (const count of [10_000, 30_000, 100_000, 300_000, 1_000_000, total].filter(
      (n, index, all) => n <= total && all.indexOf(n) === index,
    )) {
      if (count < store.count) continue
      const begun = performance.now()
      await store.grow(count)
      const took = (performance.now() - begun) / 1000
      measure(store)
      last = measure(store)
      say(
        `${String(count).padStart(9)} messages, ${(store.size() / 2 ** 20).toFixed(0)} MiB${took > 1 ? `, made in ${took.toFixed(0)} s` : ''}; p95 in ms: ${Object.entries(
          last,
        )
          .map(([name, ms]) => `${name} ${ms.toFixed(2)}`)
          .join(', ')}`,
      )
    }
    figure('scale.open-p95', last.open, 'ms')
    figure('scale.switch-p95', last.switch, 'ms')
    figure('scale.page-p95', last.page, 'ms')
    figure('scale.conversation-p95', last.conversation, 'ms')
    await benchViews(store, 1_000_000)
  } finally {
    store.close()
    if (kept === undefined) rmSync(dir, { recursive: true, force: true })
  }
}

if (isMainThread) await main()
else serveStoreThread()
