import { noteParts } from '../conversations/notes'
import type { Reader, Writer } from '../file/database'
import { queuedDraft } from '../outbox/drafts'
import type { Workspace } from '../workspace'
import { entityOfConversation } from './anchors'
import { newName } from './log'
import { nameOfDevice } from './members'
import { sealOwn } from './outgoing'

/** A computer that was told to erase itself waits this long for what it hands over to leave, ms. */
export const handOverMs = 60_000

interface Words {
  conversation: number
  text: string
}

/** An answer that has not left, with whom it was for; null: it begins a conversation, which is no place of the team's yet. */
function wordsOfDraft(read: Reader, id: number): Words | null {
  const draft = queuedDraft(read, id)
  if (!draft || draft.conversationId === null) return null
  const to = draft.to.map(({ address }) => address)
  // As at the top of a mail, which is read in every language.
  return {
    conversation: draft.conversationId,
    text: `To: ${to.join(', ')}\nSubject: ${draft.subject}\n\n${draft.text}`,
  }
}

/**
 * This computer was taken out and told to destroy what it holds. What was written here and has not left, answers and notes, goes to
 * the team's owner first: as notes behind the cut-off, which every console holds until the owner takes them over or puts them aside.
 */
export function handOver(tx: Writer, workspace: Workspace): void {
  const unsent = tx.all<{ id: number }>(
    `SELECT id FROM drafts d WHERE text <> '' AND (state = 'open'
       OR state = 'queued' AND EXISTS(SELECT 1 FROM outbox o WHERE o.draft_id = d.id AND o.state <> 'sent'))`,
  )
  const notes = tx.all<Words>('SELECT conversation_id AS conversation, text FROM note_drafts')
  let kept = 0
  for (const words of [...unsent.map(({ id }) => wordsOfDraft(tx, id)), ...notes]) {
    if (!words) continue
    const entity = entityOfConversation(tx, workspace.hashes, words.conversation)
    if (entity === null) continue
    for (const text of noteParts(words.text))
      workspace.team.record(tx, {
        kind: 'note',
        entity,
        payload: { note: newName(), text, as: nameOfDevice(tx, workspace.device.id) },
      })
    kept++
  }
  workspace.team.record(tx, {
    kind: 'device-erased',
    entity: `device:${workspace.device.id}`,
    payload: { kept, lost: unsent.length + notes.length - kept },
  })
  sealOwn(tx, workspace)
  tx.run("INSERT OR REPLACE INTO team_info(key, value) VALUES('erase', ?)", String(workspace.clock.now()))
  tx.changes.touched('team')
}

/** Whether this computer is to be erased. */
export const mustErase = (read: Reader): boolean =>
  read.get("SELECT 1 FROM team_info WHERE key = 'erase'") !== undefined
