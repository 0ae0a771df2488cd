import * as z from 'zod'
import { summarize } from '../conversations/summary'
import type { Writer } from '../file/database'
import { addressKey } from '../../../src-preload/contract/address'
import { queueForIndex } from '../search/index-text'
import { breathe, type Workspace } from '../workspace'
import { removeCustomers } from './removal'

/** Rows read at a time: some milliseconds. */
const pageRows = 500

/** Where the walk through all mail stands, and which addresses are ours no more because that was taken back. */
const Walk = z.object({ after: z.int(), back: z.array(z.string()) })

/**
 * Notes that older mail is to be looked through, for an address has become ours (an alias, another mailbox).
 * @param back keys of addresses of which that is taken back; mail from them is a customer's again. An address that is given up
 * otherwise stays ours in what was written from it.
 */
export function noteOwnAddresses(tx: Writer, back: readonly string[] = []): void {
  const noted = tx.get<{ value: string }>("SELECT value FROM meta WHERE key = 'own_mail'")
  const all = new Set([...(noted ? Walk.parse(JSON.parse(noted.value)).back : []), ...back])
  tx.run(
    "INSERT INTO meta(key, value) VALUES('own_mail', ?1) ON CONFLICT DO UPDATE SET value = ?1",
    JSON.stringify({ after: 0, back: [...all] }),
  )
}

/** Makes older mail from our own addresses ours, in pieces that hold up nobody; goes on where it was when the program ended. */
export async function turnOwnMail(workspace: Workspace, ended: () => boolean): Promise<void> {
  const { db } = workspace
  for (;;) {
    const noted = db.read.get<{ value: string }>("SELECT value FROM meta WHERE key = 'own_mail'")
    if (!noted || ended()) return
    const { after, back } = Walk.parse(JSON.parse(noted.value))
    const rows = db.read.all<{ id: number; direction: number; from_address: string }>(
      'SELECT id, direction, from_address FROM messages WHERE id > ? ORDER BY id LIMIT ?',
      after,
      pageRows,
    )
    const last = rows.at(-1)
    const turned = rows.filter(({ direction, from_address: from }) => {
      const ours = workspace.own.has(addressKey(from))
      return direction === 0 ? ours : !ours && back.includes(addressKey(from))
    })
    db.write((tx) => {
      const conversations = new Set<number>()
      for (const { id, direction } of turned) {
        // What left from here stays ours, whatever became of the address.
        const { changes } = tx.run(
          'UPDATE messages SET direction = ? WHERE id = ? AND NOT EXISTS(SELECT 1 FROM outbox WHERE sent_message = messages.id)',
          1 - direction,
          id,
        )
        if (changes === 0) continue
        queueForIndex(tx, id)
        const of = tx.get<{ id: number | null }>('SELECT conversation_id AS id FROM messages WHERE id = ?', id)?.id
        if (of != null) conversations.add(of)
      }
      for (const id of conversations) summarize(tx, id, workspace.own)
      // Noted anew meanwhile: it begins again.
      if (last) {
        tx.run(
          "UPDATE meta SET value = ? WHERE key = 'own_mail' AND value = ?",
          JSON.stringify({ after: last.id, back }),
          noted.value,
        )
        return
      }
      tx.run("DELETE FROM meta WHERE key = 'own_mail' AND value = ?", noted.value)
    }, 'normal')
    await breathe()
    // Who was taken for a customer and was one of us.
    if (!last) await removeCustomers(workspace)
  }
}
