import * as z from 'zod'
import { Hue } from '../../../src-preload/contract/work'
import { parseTexts } from '../rows'
import { summarize } from '../conversations/summary'
import { groupsOfSelf, selfOf } from '../conversations/people'
import { isFresh } from './project-people'
import { assigneeOf, putAssignee, putSnooze, putTags } from '../conversations/work'
import { groupOfConversation } from './anchors'
import { tellLines } from './lines'
import type { Changed } from './log'
import { elementsOf, standingWrite } from './state'

const SnoozeValue = z.object({ until: z.number().nullable(), unlessReply: z.boolean() }).nullable()

/** Assignee, tags and snooze of a conversation as the team's events say; our own acts have written them already. */
export function projectWork({ tx, workspace, group, rows, fields, own, quiet }: Changed): void {
  const { conversationId: id } = group
  if (id === null || own) return
  const before = tx.get<{ assignee: string | null; tags: string; snoozed_until: number | null }>(
    'SELECT assignee, tags, snoozed_until FROM conversations WHERE id = ?',
    id,
  )
  if (!before) return
  const assigned = standingWrite(rows, 'assignee')
  if (fields.has('assignee') && assigned) {
    const to = assigneeOf(assigned.value)
    if (to !== before.assignee) {
      putAssignee(tx, id, to)
      const { id: me } = workspace.device
      if (!quiet && to !== null && isFresh(workspace, assigned.at)) {
        if (to === selfOf(tx, me).id || to === me) tx.changes.changed('given', id)
        else if (to.startsWith('g:') && groupsOfSelf(tx, me).includes(to)) tx.changes.changed('given-group', id)
      }
    }
  }
  if (fields.has('tags')) {
    const names = elementsOf(rows, 'tags')
    if (JSON.stringify(names) !== before.tags) putTags(tx, id, names)
  }
  const slept = standingWrite(rows, 'snooze')
  if (fields.has('snooze') && slept) {
    const value = SnoozeValue.safeParse(slept.value)
    const until = value.success ? (value.data?.until ?? null) : null
    if (value.success && until !== before.snoozed_until && (until === null || until > workspace.clock.now())) {
      putSnooze(tx, id, until, slept.at, value.data?.unlessReply ?? true)
      summarize(tx, id, workspace.own)
    }
  }
}

/** The list of tags, and the conversations of one that gave way to another. */
export function projectTag({ tx, workspace, group, rows, own, quiet }: Changed): void {
  if (!group.owner.startsWith('tag:')) return
  const name = group.owner.slice('tag:'.length)
  const of = (field: string): unknown => standingWrite(rows, field)?.value
  const [label, hue, into] = [of('name'), of('colour'), of('into')]
  if (typeof label !== 'string') return
  const retired = of('retired') === true ? 1 : 0
  const intoTag = typeof into === 'string' ? into : null
  const before = tx.get<{ retired: number; into_tag: string | null }>(
    'SELECT retired, into_tag FROM tags WHERE name = ?',
    name,
  )
  tx.run(
    'INSERT INTO tags(name, label, hue, retired, into_tag) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET label = ?2, hue = ?3, retired = ?4, into_tag = ?5',
    name,
    label,
    Hue.catch('stone').parse(hue),
    retired,
    intoTag,
  )
  const moved = before !== undefined && (before.retired !== retired || before.into_tag !== intoTag)
  for (const row of tx.all<{ id: number; tags: string }>(
    'SELECT c.id, c.tags FROM conversation_tags t JOIN conversations c ON c.id = t.conversation_id WHERE t.tag = ?',
    name,
  )) {
    if (moved) putTags(tx, row.id, parseTexts(row.tags))
    if (before === undefined && !own && !quiet) tellLines(tx, workspace, groupOfConversation(tx, row.id))
    tx.changes.changed('conversations', row.id)
  }
  tx.changes.touched('counts')
  tx.changes.touched('tags')
}
