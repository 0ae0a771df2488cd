import { PosternError } from '../../../src-preload/contract/errors'
import { ViewDefinition, type Condition, type SavedView } from '../../../src-preload/contract/views'
import type { Reader, Value, Writer } from '../file/database'
import { groupsOfSelf, selfOf } from './people'
import { addressKey, statusNumber } from '../rows'
import { parseQuery } from '../search/search-text'
import type { Index } from '../search/search'
import { current } from './tags'
import { newName } from '../team/log'
import { statesOf } from '../team/state'
import { breathe, type Workspace } from '../workspace'

/** Views that people made. The team's log holds all of them; one's own are shown to their maker only. */

/** Conversations that are looked up for words: more are of no use in a list that one works through. */
const mostMatches = 2000
const longestMatch = 60
/** Counting stops here. */
const mostCounted = 1000
/** Rows that are looked at before others are served; some milliseconds. */
const countStep = 10_000

interface Stored extends SavedView {
  readonly maker: string
}

function stored(read: Reader, me: string): Stored[] {
  return [...statesOf(read, 'view:')].flatMap(([owner, rows]) => {
    const of = (field: string) => rows.find((row) => row.field === field && row.rank === 0)
    const definition = ViewDefinition.safeParse(of('definition')?.value)
    if (!definition.success || of('retired')?.value === true) return []
    const value = of('definition')?.value
    const maker =
      typeof value === 'object' && value !== null && 'maker' in value && typeof value.maker === 'string'
        ? value.maker
        : ''
    return [{ ...definition.data, name: owner.slice('view:'.length), mine: maker === me, maker }]
  })
}

/** The team's views and one's own, by label. */
export function listViews(read: Reader, device: string): SavedView[] {
  const me = selfOf(read, device).id
  return stored(read, me)
    .filter(({ own, mine }) => mine || !own)
    .map(({ maker: _, ...view }) => view)
    .toSorted((a, b) => a.label.localeCompare(b.label))
}

/** @throws PosternError `not-found` */
export function viewNamed(read: Reader, device: string, name: string): SavedView {
  const view = listViews(read, device).find((one) => one.name === name)
  if (!view) throw new PosternError('not-found', 'no such view')
  return view
}

/** @throws PosternError `not-found` for one that is not there or another's own */
export function saveView(
  tx: Writer,
  workspace: Workspace,
  { name, ...definition }: ViewDefinition & { name: string | null },
): { name: string } {
  const me = selfOf(tx, workspace.device.id).id
  const before = name === null ? undefined : stored(tx, me).find((one) => one.name === name)
  if (name !== null && (!before || (before.own && !before.mine))) throw new PosternError('not-found', 'no such view')
  const id = name ?? newName()
  workspace.team.record(tx, {
    kind: 'view-define',
    entity: `view:${id}`,
    payload: { definition: { ...definition, maker: before?.maker ?? me } },
  })
  return { name: id }
}

export function removeView(tx: Writer, workspace: Workspace, name: string): (undo: Writer) => void {
  const view = stored(tx, selfOf(tx, workspace.device.id).id).find((one) => one.name === name)
  if (!view) throw new PosternError('not-found', 'no such view')
  const { name: _, mine: __, ...definition } = view
  const put = (way: Writer, retired: boolean): void =>
    void workspace.team.record(way, { kind: 'view-define', entity: `view:${name}`, payload: { definition, retired } })
  put(tx, true)
  return (undo) => put(undo, false)
}

// ---- what a view shows -----------------------------------------------------------------------------------------------

export interface Filter {
  readonly where: string
  readonly params: Value[]
}

/** The conditions as SQL about a row `l` of conversations. `me`: id of this device. */
export function filterOf(
  read: Reader,
  index: Index | null,
  conditions: readonly Condition[],
  me: string,
  now: number,
): Filter {
  const statuses = conditions.find((one) => one.on === 'status')
  const snoozed = conditions.some(({ on }) => on === 'snoozed')
  const where = [
    snoozed ? 'l.hidden = 2' : 'l.hidden = 0',
    statuses ? `l.status IN (${statuses.any.map(statusNumber).join(', ')})` : `l.status <> ${statusNumber('spam')}`,
  ]
  const params: Value[] = []
  for (const condition of conditions) {
    const part = partOf(read, index, condition, me, now)
    if (part === null) continue
    where.push(part.where)
    params.push(...part.params)
  }
  return { where: where.join(' AND '), params }
}

const list = (values: readonly (string | number)[]): string => JSON.stringify(values)

function partOf(read: Reader, index: Index | null, condition: Condition, me: string, now: number): Filter | null {
  switch (condition.on) {
    case 'status':
    case 'snoozed':
      return null
    case 'unread':
      return { where: 'l.unread = 1', params: [] }
    case 'mailbox':
      return {
        where:
          'EXISTS(SELECT 1 FROM conversation_mailboxes m JOIN mailboxes b ON b.id = m.mailbox_id WHERE m.conversation_id = l.id AND b.address_key IN (SELECT value FROM json_each(?)))',
        params: [list(condition.any.map(addressKey))],
      }
    case 'assignee': {
      const ids = condition.any.flatMap((one) =>
        one === 'nobody'
          ? []
          : one === 'me'
            ? [me, selfOf(read, me).id]
            : one === 'my-groups'
              ? groupsOfSelf(read, me)
              : [one],
      )
      const nobody = condition.any.includes('nobody')
      return {
        where: `(${nobody ? 'l.assignee IS NULL OR ' : ''}l.assignee IN (SELECT value FROM json_each(?)))`,
        params: [list(ids)],
      }
    }
    case 'tag': {
      const names = condition.any.map((name) => current(read, name)?.name ?? name)
      return {
        where: `${condition.not ? 'NOT ' : ''}EXISTS(SELECT 1 FROM conversation_tags t WHERE t.conversation_id = l.id AND t.tag IN (SELECT value FROM json_each(?)))`,
        params: [list(names)],
      }
    }
    case 'field': {
      const exists = (test: string): string =>
        `EXISTS(SELECT 1 FROM conversation_fields f WHERE f.conversation_id = l.id AND f.field = ?${test})`
      if (condition.is === 'empty' || condition.is === 'filled' || condition.value === null)
        return { where: `${condition.is === 'empty' ? 'NOT ' : ''}${exists('')}`, params: [condition.field] }
      // A number and a text are never above each other.
      const way = { equal: '=', above: '>', below: '<' }[condition.is]
      return {
        where: exists(
          ` AND typeof(f.value) IN ${typeof condition.value === 'number' ? "('integer', 'real')" : "('text')"} AND f.value ${way} ?`,
        ),
        params: [condition.field, condition.value],
      }
    }
    case 'customer':
      return {
        where:
          "(l.people LIKE ? ESCAPE '\\' OR l.customer_id IN (SELECT customer_id FROM customer_addresses WHERE address_key LIKE ? ESCAPE '\\'))",
        params: [like(condition.text), like(condition.text.toLowerCase())],
      }
    case 'waiting':
      return { where: 'l.last_from_team IS NULL AND l.last_at <= ?', params: [now - condition.hours * 3_600_000] }
    case 'text':
      return {
        where: 'l.id IN (SELECT value FROM json_each(?))',
        params: [list(matching(read, index, condition.text))],
      }
    case 'followed':
      return {
        where:
          'EXISTS(SELECT 1 FROM conversation_people p WHERE p.conversation_id = l.id AND p.follows = 1 AND p.member IN (?, ?))',
        params: [me, selfOf(read, me).id],
      }
  }
}

const like = (text: string): string => `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`

/** Conversations with a message that has the words, newest first, as many as are found quickly. */
function matching(read: Reader, index: Index | null, text: string): number[] {
  const { match } = parseQuery(text)
  if (index === null || match === null) return []
  const begun = performance.now()
  const found = new Set<number>()
  for (const id of index.matches(match)) {
    const row = read.get<{ conversation_id: number | null }>('SELECT conversation_id FROM messages WHERE id = ?', id)
    if (row?.conversation_id) found.add(row.conversation_id)
    if (found.size >= mostMatches || performance.now() - begun > longestMatch) break
  }
  return [...found]
}

/** Counts what a view shows, in steps between which others are served. */
export async function countView(
  read: Reader,
  index: Index | null,
  conditions: readonly Condition[],
  me: string,
  now: number,
): Promise<{ count: number; more: boolean }> {
  const { where, params } = filterOf(read, index, conditions, me, now)
  const statuses = conditions.find((one) => one.on === 'status')
  // Open and pending ones are few and stand in an index; any other view is counted along the ids.
  if (statuses && !statuses.any.includes('closed') && !statuses.any.includes('spam')) {
    const count =
      read.get<{ n: number }>(
        `SELECT count(*) AS n FROM (SELECT 1 FROM conversations l WHERE ${where} LIMIT ${mostCounted})`,
        ...params,
      )?.n ?? 0
    return { count, more: count >= mostCounted }
  }
  const last = read.get<{ id: number | null }>('SELECT max(id) AS id FROM conversations')?.id ?? 0
  let count = 0
  for (let from = last; from > 0 && count < mostCounted; from -= countStep) {
    count +=
      read.get<{ n: number }>(
        `SELECT count(*) AS n FROM conversations l NOT INDEXED WHERE l.id > ? AND l.id <= ? AND ${where}`,
        from - countStep,
        from,
        ...params,
      )?.n ?? 0
    await breathe()
  }
  return { count: Math.min(count, mostCounted), more: count >= mostCounted }
}

/** Counts of all views of a sidebar; a dear answer is given again for a while. */
export class ViewCounts {
  private last: {
    readonly at: number
    readonly took: number
    readonly key: string
    readonly counts: { name: string; count: number; more: boolean }[]
  } | null = null

  constructor(
    private readonly workspace: Workspace,
    private readonly index: () => Index | null,
  ) {}

  async get(): Promise<{ name: string; count: number; more: boolean }[]> {
    const { db, device } = this.workspace
    const views = listViews(db.read, device.id)
    const key = JSON.stringify(views)
    const begun = performance.now()
    if (this.last && this.last.key === key && this.last.took > 20 && begun - this.last.at < this.last.took * 20)
      return this.last.counts
    const counts = []
    for (const view of views)
      counts.push({
        name: view.name,
        ...(await countView(db.read, this.index(), view.conditions, device.id, Date.now())),
      })
    const at = performance.now()
    this.last = { at, took: at - begun, key, counts }
    return counts
  }
}
