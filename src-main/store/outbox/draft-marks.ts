import * as z from 'zod'
import type { ForeignDraft } from '../../../src-preload/contract/presence'
import type { Reader, Writer } from '../file/database'
import { peopleBook, selfOf } from '../conversations/people'
import { teamInfo } from '../team/team-info'
import { stateOfConversation, standingWrite } from '../team/state'
import type { Workspace } from '../workspace'

const Begun = z.object({ member: z.string() }).nullable()

/**
 * Says to the team that this person has begun an answer here, or has none any more. The words stay on this computer. Alone,
 * nobody is to be told.
 */
export function tellDraft(tx: Writer, workspace: Workspace, conversationId: number | null): void {
  if (conversationId === null || !teamInfo(tx)) return
  const member = selfOf(tx, workspace.device.id).id
  const has = tx.get("SELECT 1 FROM drafts WHERE conversation_id = ? AND state = 'open'", conversationId) !== undefined
  const said = standingWrite(stateOfConversation(tx, conversationId), `draft:${member}`)
  const told = said !== undefined && said.value !== null
  if (has !== told) workspace.team.recordOn(tx, conversationId, 'draft', { member, html: has ? '' : null })
}

/** Answers that colleagues have begun and not sent yet. */
export function foreignDrafts(read: Reader, workspace: Workspace): ForeignDraft[] {
  const person = peopleBook(read, workspace.device.id)
  const self = selfOf(read, workspace.device.id).id
  return read
    .all<{ conversation_id: number; value: string; at: number }>(
      `SELECT a.conversation_id, s.value, s.at FROM team_state s JOIN team_anchors a ON a.entity = s.owner
     WHERE s.field >= 'draft:' AND s.field < 'draft;' AND s.rank = 0 AND s.value <> 'null' AND a.conversation_id IS NOT NULL ORDER BY s.at`,
    )
    .flatMap(({ conversation_id: conversationId, value, at }) => {
      const begun = Begun.safeParse(JSON.parse(value))
      return begun.success && begun.data && begun.data.member !== self
        ? [{ conversationId, person: person(begun.data.member), at }]
        : []
    })
}
