/** Part of bench:scale: saved views over a million conversations. */
import type { Condition } from '../../src-preload/contract/views'
import { listView } from '../../src-main/store/conversations/conversation-list'
import { countView, filterOf, saveView } from '../../src-main/store/conversations/views'
import { figure, p95, say, word, type BigStore } from './big-store'

const hour = 3_600_000
const rounds = 12

/** Views as people make them, and two that are made to be hard: common conditions that hold together for hardly any. */
const views: Readonly<Record<string, readonly Condition[]>> = {
  all: [],
  'a rare tag': [{ on: 'tag', any: ['rare-tag'], not: false }],
  'a common tag, closed': [
    { on: 'status', any: ['closed'] },
    { on: 'tag', any: ['common-tag'], not: false },
  ],
  'without a tag': [{ on: 'tag', any: ['common-tag'], not: true }],
  'one assignee': [{ on: 'assignee', any: ['agent-number-4'] }],
  'nobody, unread': [{ on: 'assignee', any: ['nobody'] }, { on: 'unread' }],
  'a field is': [{ on: 'field', field: 'order-number', is: 'equal', value: 4710 }],
  'a field is above': [{ on: 'field', field: 'order-number', is: 'above', value: 300_000 }],
  'rare words': [{ on: 'text', text: word(40_000) }],
  'common words, a tag': [
    { on: 'text', text: word(30) },
    { on: 'tag', any: ['common-tag'], not: false },
  ],
  'waiting a day': [{ on: 'waiting', hours: 24 }],
  'a customer': [{ on: 'customer', text: 'c123@views.test' }],
  'a name that many have': [{ on: 'customer', text: 'customer 1' }],
}
const hard: Readonly<Record<string, readonly Condition[]>> = {
  'common together for few': [
    { on: 'tag', any: ['common-tag'], not: false },
    { on: 'field', field: 'order-number', is: 'equal', value: 1 },
  ],
  'a customer that is not there': [{ on: 'customer', text: 'nobody of this name' }],
}

/** More conversations, made by SQL: views look at these rows only, and mail for each would take an hour. */
function fill({ workspace }: BigStore, wanted: number): number {
  const { db } = workspace
  const here = () => db.read.get<{ n: number }>('SELECT count(*) AS n FROM conversations')?.n ?? 0
  const last = db.read.get<{ id: number | null }>('SELECT max(id) AS id FROM conversations')?.id ?? 0
  const missing = Math.max(0, wanted - here())
  // One customer for eight conversations.
  const [customers, before] = [
    Math.ceil(missing / 8),
    db.read.get<{ id: number | null }>('SELECT max(id) AS id FROM customers')?.id ?? 0,
  ]
  for (let from = 0; from < customers; from += 20_000)
    db.write((tx) => {
      const numbers = 'WITH RECURSIVE n(i) AS (SELECT CAST(?1 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < ?2)'
      const range = [from + 1, Math.min(customers, from + 20_000), before] as const
      tx.run(
        `${numbers} INSERT INTO customers(id, name, first_auto_at, last_at) SELECT ?3 + i, 'Customer ' || i, 0, 0 FROM n`,
        ...range,
      )
      tx.run(
        `${numbers} INSERT INTO customer_addresses(address_key, address, name, name_key, customer_id, last_at)
         SELECT 'c' || i || '@views.test', 'c' || i || '@views.test', 'Customer ' || i, 'customer ' || i, ?3 + i, 0 FROM n`,
        ...range,
      )
    }, 'normal')
  for (let from = 0; from < missing; from += 20_000)
    db.write((tx) => {
      tx.run(
        `WITH RECURSIVE n(i) AS (SELECT CAST(?1 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
         INSERT INTO conversations(id, subject, status, hidden, last_at, unread, people, customer_id)
         SELECT ?3 + i, 'Subject ' || i, iif(i % 50 = 0, 0, 2), 0, 1451606400000 + i * 300000, i % 9 = 0, '["Customer ' || (1 + i % ?4) || '"]', ?5 + 1 + i % ?4 FROM n`,
        from + 1,
        Math.min(missing, from + 20_000),
        last,
        customers,
        before,
      )
    }, 'normal')
  if (!db.read.get("SELECT 1 FROM conversation_tags WHERE tag = 'rare-tag'"))
    db.write((tx) => {
      tx.run("UPDATE conversations SET assignee = CASE WHEN id % 2 = 0 THEN 'agent-number-' || (id % 16) END")
      for (const [tag, each] of [
        ['rare-tag', 5003],
        ['common-tag', 3],
      ] as const)
        tx.run(
          'INSERT INTO conversation_tags(tag, conversation_id, listed, last_at) SELECT ?, id, hidden = 0 AND status = 0, last_at FROM conversations WHERE id % ? = 1',
          tag,
          each,
        )
      // Of the value 1 there are very many, and hardly any of them with the tag.
      tx.run(
        "INSERT INTO conversation_fields(conversation_id, field, value) SELECT id, 'order-number', iif(id % 4 = 0, 1, id % 600000) FROM conversations WHERE id % 2 = 0 AND (id % 4 <> 0 OR id % 3 <> 1 OR id % 50000 = 0)",
      )
      tx.run(
        "INSERT INTO tags(name, label, hue, retired) VALUES('rare-tag', 'Rare', 'sky', 0), ('common-tag', 'Common', 'moss', 0)",
      )
    }, 'normal')
  return here()
}

/** The longest time for which nobody else was served while something ran, ms. */
async function held(work: () => Promise<unknown>): Promise<{ ms: number; longest: number }> {
  let [running, last, longest] = [true, performance.now(), 0]
  const tick = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (running) setImmediate(tick)
  }
  setImmediate(tick)
  const begun = performance.now()
  await work()
  running = false
  const ms = performance.now() - begun
  return { ms, longest: Math.max(longest, performance.now() - last) }
}

export async function benchViews(store: BigStore, wanted: number): Promise<void> {
  const { workspace, index } = store
  const { read } = workspace.db
  const me = workspace.device.id
  const here = fill(store, wanted)
  const runs: Record<'open' | 'count' | 'block', number[]> = { open: [], count: [], block: [] }
  const lines: string[] = []
  const measured = async (label: string, conditions: readonly Condition[]) => {
    const { name } = workspace.db.write((tx) =>
      saveView(tx, workspace, { name: null, label, conditions: [...conditions], order: 'newest', own: false }),
    )
    const open: number[] = []
    const block: number[] = []
    for (let round = 0; round < rounds; round++) {
      const query = {
        view: 'inbox',
        mailboxId: null,
        saved: name,
        order: 'newest',
        unreadOnly: false,
        offset: 0,
        limit: 60,
      } as const
      const { ms, longest } = await held(() => listView(read, query, me, index))
      open.push(ms)
      block.push(longest)
    }
    const begun = performance.now()
    const { count, more } = await countView(read, index, [...conditions], me, Date.now() + hour)
    lines.push(`${label} ${p95(open).toFixed(1)} (${more ? 'over ' : ''}${count})`)
    return { open, block, count: performance.now() - begun }
  }
  for (const [label, conditions] of Object.entries(views)) {
    const { open, block, count } = await measured(label, conditions)
    runs.open.push(p95(open))
    runs.block.push(...block)
    runs.count.push(count)
  }
  let worst = 0
  for (const [label, conditions] of Object.entries(hard)) {
    const { open, block } = await measured(label, conditions)
    worst = Math.max(worst, p95(open))
    runs.block.push(...block)
  }
  // The floor: every row looked at once, as plain SQL would.
  const filter = filterOf(read, index, [...(hard['common together for few'] ?? [])], me, 0)
  const begun = performance.now()
  read.all(
    `SELECT l.id FROM conversations l NOT INDEXED WHERE l.hidden = 0 AND l.status IN (${filter.statuses.join(', ')}) AND ${filter.rest} ORDER BY l.last_at DESC LIMIT 60`,
    ...filter.params,
  )
  const plain = performance.now() - begun
  say(`${here} conversations; first page of a saved view, p95 in ms (conversations): ${lines.join(', ')}`)
  figure('scale.view-open-p95', Math.max(...runs.open), 'ms')
  figure('scale.view-count-p95', p95(runs.count), 'ms')
  figure('scale.view-hard', worst, 'ms')
  figure('scale.view-plain-scan', plain, 'ms')
  figure('scale.view-longest-hold', Math.max(...runs.block), 'ms')
}
