import * as z from 'zod'
import { selfOf } from '../conversations/people'
import type { Workspace } from '../workspace'
import type { Changed } from './log'
import { elementsOf, standingWrite } from './state'

const NoteValue = z.object({ mentions: z.array(z.string()) })

/** What is older was caught up with: nobody wants to be rung up for it. ms */
const freshMs = 60 * 60_000
export const isFresh = (workspace: Workspace, at: number): boolean => at > workspace.clock.stamp() - freshMs

/** Who follows a conversation, and who was mentioned in its notes and when. */
export function projectPeople({ tx, workspace, group, rows, fields, own, quiet }: Changed): void {
  const { conversationId: id } = group
  if (id === null || ![...fields].some((field) => field === 'followers' || field.startsWith('note'))) return
  const register = (field: string): unknown => standingWrite(rows, field)?.value
  const followers = new Set(elementsOf(rows, 'followers'))
  const mentioned = new Map<string, number>()
  for (const row of rows.filter(({ field, rank }) => field === 'notes' && rank === 0)) {
    if (register(`note-gone:${row.element}`) === true) continue
    const edited = NoteValue.safeParse(register(`note:${row.element}`))
    const written = edited.success ? edited : NoteValue.safeParse(row.value)
    for (const member of written.success ? written.data.mentions : [])
      mentioned.set(member, Math.max(row.at, mentioned.get(member) ?? 0))
  }
  const me = selfOf(tx, workspace.device.id).id
  const before =
    tx.get<{ mentioned_at: number }>(
      'SELECT mentioned_at FROM conversation_people WHERE conversation_id = ? AND member = ?',
      id,
      me,
    )?.mentioned_at ?? 0
  const named = mentioned.get(me) ?? 0
  if (!own && !quiet && named > before && isFresh(workspace, named)) tx.changes.changed('mentioned', id)
  tx.run('UPDATE conversation_people SET follows = 0, mentioned_at = 0 WHERE conversation_id = ?', id)
  for (const member of new Set([...followers, ...mentioned.keys()])) {
    tx.run(
      'INSERT INTO conversation_people(conversation_id, member, follows, mentioned_at) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET follows = ?3, mentioned_at = ?4',
      id,
      member,
      Number(followers.has(member)),
      mentioned.get(member) ?? 0,
    )
  }
  tx.changes.touched('counts')
}
