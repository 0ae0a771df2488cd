import type { Reader, Writer } from '../file/database'
import { queuedDraft } from '../outbox/drafts'
import type { Workspace } from '../workspace'
import { entityOfConversation } from './anchors'
import { newName } from './log'
import { nameOfDevice } from './members'
import { sealOwn } from './outgoing'

/** A computer that was told to erase itself waits this long for what it hands over to leave, ms. */
export const handOverMs = 60_000
const longestNote = 50_000

/**
 * This computer was taken out and told to destroy what it holds. What was written here and has not left goes to the team's owner first:
 * as notes behind the cut-off, which every console holds until the owner takes them over or puts them aside.
 */
export function handOver(tx: Writer, workspace: Workspace): void {
  const unsent = tx.all<{ id: number }>(
    `SELECT id FROM drafts d WHERE text <> '' AND (state = 'open'
       OR state = 'queued' AND EXISTS(SELECT 1 FROM outbox o WHERE o.draft_id = d.id AND o.state <> 'sent'))`,
  )
  let kept = 0
  for (const { id } of unsent) {
    const draft = queuedDraft(tx, id)
    if (!draft || draft.conversationId === null) continue
    const entity = entityOfConversation(tx, workspace.hashes, draft.conversationId)
    if (entity === null) continue
    const to = draft.to.map(({ address }) => address)
    workspace.team.record(tx, {
      kind: 'note',
      entity,
      payload: {
        note: newName(),
        // As at the top of a mail, which is read in every language.
        text: `To: ${to.join(', ')}\nSubject: ${draft.subject}\n\n${draft.text}`.slice(0, longestNote),
        as: nameOfDevice(tx, workspace.device.id),
      },
    })
    kept++
  }
  workspace.team.record(tx, {
    kind: 'device-erased',
    entity: `device:${workspace.device.id}`,
    payload: { kept, lost: unsent.length - kept },
  })
  sealOwn(tx, workspace)
  tx.run("INSERT OR REPLACE INTO team_info(key, value) VALUES('erase', ?)", String(workspace.clock.now()))
  tx.changes.touched('team')
}

/** Whether this computer is to be erased. */
export const mustErase = (read: Reader): boolean =>
  read.get("SELECT 1 FROM team_info WHERE key = 'erase'") !== undefined
