import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import { ViewDefinition, type Condition, type SavedView } from '../../../src-preload/contract/views'
import type { Reader, Value, Writer } from '../file/database'
import { groupsOfSelf, selfOf } from './people'
import { addressKey } from '../../../src-preload/contract/address'
import { statusNumber } from '../rows'
import { parseQuery } from '../search/search-text'
import { holdsAll, isToBeChecked, type Index } from '../search/search'
import { current } from './tags'
import { newName } from '../team/log'
import { definitionsOf } from '../team/state'
import type { Workspace } from '../workspace'
import { membersOf } from './view-members'

/** Views that people made. The team's log holds all of them; one's own are shown to their maker only. */

/** Conversations that are looked up for words: more are of no use in a list that one works through. */
const mostMatches = 2000
const longestMatch = 60
/** Counting stops here. */
const mostCounted = 1000

interface Stored extends SavedView {
  readonly maker: string
}

const MadeView = ViewDefinition.extend({ maker: z.string().catch('') })

const stored = (read: Reader, me: string): Stored[] =>
  definitionsOf(read, 'view:', MadeView).map((view) => ({ ...view, mine: view.maker === me }))

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

export function removeView(tx: Writer, workspace: Workspace, name: string): { name: string } {
  const view = stored(tx, selfOf(tx, workspace.device.id).id).find((one) => one.name === name)
  if (!view) throw new PosternError('not-found', 'no such view')
  const { name: _, mine: __, ...definition } = view
  workspace.team.record(tx, { kind: 'view-define', entity: `view:${name}`, payload: { definition, retired: true } })
  return { name }
}

// ---- what a view shows -----------------------------------------------------------------------------------------------

/** Finds by an index of its own all conversations for which one condition holds. */
export interface Driver {
  readonly sql: string
  readonly params: Value[]
}

/** What a view shows, as SQL about a row `l` of conversations. */
export interface Filter {
  readonly hidden: 0 | 2
  readonly statuses: readonly number[]
  /** All other conditions. */
  readonly rest: string
  readonly params: Value[]
  readonly drivers: readonly Driver[]
}

interface Part {
  readonly where: string
  readonly params: Value[]
  readonly driver?: Driver
}

/** `me`: id of this device. */
export function filterOf(
  read: Reader,
  index: Index | null,
  conditions: readonly Condition[],
  me: string,
  now: number,
): Filter {
  const wanted = conditions.find((one) => one.on === 'status')?.any ?? (['open', 'pending', 'closed'] as const)
  const hidden = conditions.some(({ on }) => on === 'snoozed') ? 2 : 0
  const parts = conditions.flatMap((condition) => partOf(read, index, condition, me, now, hidden) ?? [])
  return {
    hidden,
    statuses: [...new Set(wanted.map(statusNumber))],
    rest: ['1', ...parts.map(({ where }) => where)].join(' AND '),
    params: parts.flatMap(({ params }) => params),
    drivers: parts.flatMap(({ driver }) => driver ?? []),
  }
}

const list = (values: readonly (string | number)[]): string => JSON.stringify(values)

function partOf(
  read: Reader,
  index: Index | null,
  condition: Condition,
  me: string,
  now: number,
  hidden: 0 | 2,
): Part | null {
  switch (condition.on) {
    case 'status':
    case 'snoozed':
      return null
    case 'unread':
      return {
        where: 'l.unread = 1',
        params: [],
        // The index holds those in sight only.
        ...(hidden === 0 && {
          driver: {
            sql: 'SELECT id FROM conversations INDEXED BY conversations_unread WHERE hidden = 0 AND unread = 1',
            params: [],
          },
        }),
      }
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
        ...(nobody
          ? {}
          : {
              driver: {
                sql: 'SELECT id FROM conversations WHERE assignee IS NOT NULL AND assignee IN (SELECT value FROM json_each(?))',
                params: [list(ids)],
              },
            }),
      }
    }
    case 'tag': {
      const names = condition.any.map((name) => current(read, name)?.name ?? name)
      return {
        where: `${condition.not ? 'NOT ' : ''}EXISTS(SELECT 1 FROM conversation_tags t WHERE t.conversation_id = l.id AND t.tag IN (SELECT value FROM json_each(?)))`,
        params: [list(names)],
        ...(condition.not
          ? {}
          : {
              driver: {
                sql: 'SELECT DISTINCT conversation_id AS id FROM conversation_tags WHERE tag IN (SELECT value FROM json_each(?))',
                params: [list(names)],
              },
            }),
      }
    }
    case 'field': {
      const part = (test: string, ...params: Value[]): Part => ({
        where: `EXISTS(SELECT 1 FROM conversation_fields f WHERE f.conversation_id = l.id AND f.field = ?${test})`,
        params,
        driver: { sql: `SELECT f.conversation_id AS id FROM conversation_fields f WHERE f.field = ?${test}`, params },
      })
      if (condition.is === 'empty' || condition.is === 'filled' || condition.value === null) {
        const filled = part('', condition.field)
        return condition.is === 'empty' ? { where: `NOT ${filled.where}`, params: filled.params } : filled
      }
      // A number and a text are never above each other.
      const way = { equal: '=', above: '>', below: '<' }[condition.is]
      return part(
        ` AND typeof(f.value) IN ${typeof condition.value === 'number' ? "('integer', 'real')" : "('text')"} AND f.value ${way} ?`,
        condition.field,
        condition.value,
      )
    }
    case 'customer':
      return customerPart(read, condition.text)
    case 'waiting':
      return { where: 'l.last_from_team IS NULL AND l.last_at <= ?', params: [now - condition.hours * 3_600_000] }
    case 'text': {
      const params = [list(matching(read, index, condition.text))]
      return {
        where: 'l.id IN (SELECT value FROM json_each(?))',
        params,
        driver: { sql: 'SELECT value AS id FROM json_each(?)', params },
      }
    }
    case 'followed': {
      const params = [me, selfOf(read, me).id]
      return {
        where:
          'EXISTS(SELECT 1 FROM conversation_people p WHERE p.conversation_id = l.id AND p.follows = 1 AND p.member IN (?, ?))',
        params,
        driver: {
          sql: 'SELECT DISTINCT conversation_id AS id FROM conversation_people WHERE follows = 1 AND member IN (?, ?)',
          params,
        },
      }
    }
  }
}

/** So many addresses that one text names are looked up one by one; of more, each row is asked for its own. */
const fewCustomers = 2000

/** Read first are names and addresses alone, from one index; a single step would read every customer's whole row. */
const namedCustomers = (named: string): string =>
  `SELECT DISTINCT customer_id AS id FROM customer_addresses WHERE address_key IN (SELECT a.address_key FROM customer_addresses a WHERE ${named} LIMIT ?)`

/** The customer of a conversation by a piece of name or address. Names and addresses are compared as their keys are, in small letters. */
function customerPart(read: Reader, text: string): Part {
  const piece = text.trim().toLowerCase()
  const named = 'instr(a.name_key, ?) > 0 OR instr(a.address_key, ?) > 0'
  const like = `%${piece.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const byPerson = "c.named_by_person = 1 AND c.name LIKE ? ESCAPE '\\'"
  const found = [
    ...read.all<{ id: number }>(namedCustomers(named), piece, piece, fewCustomers + 1),
    ...read.all<{ id: number }>(`SELECT c.id FROM customers c WHERE ${byPerson} LIMIT ?`, like, fewCustomers + 1),
  ].map(({ id }) => id)
  if (found.length > fewCustomers)
    return {
      where: `EXISTS(SELECT 1 FROM customers c JOIN customer_addresses a ON a.customer_id = c.id WHERE c.id = l.customer_id AND (${named} OR (${byPerson})))`,
      params: [piece, piece, like],
    }
  const params = [list(found)]
  return {
    where: 'l.customer_id IN (SELECT value FROM json_each(?))',
    params,
    driver: {
      sql: 'SELECT id FROM conversations INDEXED BY conversations_by_customer WHERE customer_id IS NOT NULL AND customer_id IN (SELECT value FROM json_each(?))',
      params,
    },
  }
}

/** Conversations with a message that has the words, newest first, as many as are found quickly. */
function matching(read: Reader, index: Index | null, text: string): number[] {
  const query = parseQuery(text)
  if (index === null || query.match === null) return []
  const begun = performance.now()
  const found = new Set<number>()
  for (const id of index.matches(query.match)) {
    const row = read.get<{ conversation_id: number | null }>('SELECT conversation_id FROM messages WHERE id = ?', id)
    if (row?.conversation_id && !found.has(row.conversation_id) && (!isToBeChecked(query) || holdsAll(read, id, query)))
      found.add(row.conversation_id)
    if (found.size >= mostMatches || performance.now() - begun > longestMatch) break
  }
  return [...found]
}

/** Counts what a view shows; beyond a thousand it says only that there are more. */
export async function countView(
  read: Reader,
  index: Index | null,
  conditions: readonly Condition[],
  me: string,
  now: number,
): Promise<{ count: number; more: boolean }> {
  const filter = filterOf(read, index, conditions, me, now)
  const { length } = await membersOf(read, { filter, order: 'newest', unreadOnly: false }, { most: mostCounted })
  return { count: length, more: length >= mostCounted }
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
