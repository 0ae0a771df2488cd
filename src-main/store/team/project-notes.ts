import * as z from 'zod'
import { dropNote, keepNote } from '../conversations/notes'
import { standing } from './events'
import type { Changed } from './log'
import { nameOfDevice } from './members'
import { standingWrite } from './state'

const NoteValue = z.object({ text: z.string(), as: z.string().default('') })

/** Notes of other consoles, with their newest text; what was taken away goes here too. */
export function projectNotes({ tx, group, rows, fields, own }: Changed): void {
  const { conversationId } = group
  if (conversationId === null || own || ![...fields].some((field) => field.startsWith('note'))) return
  const register = (field: string): unknown => standingWrite(rows, field)?.value
  const notes = rows.filter(({ field, rank }) => field === 'notes' && rank === 0)
  // What came before the word that its writer had left counts no more.
  for (const { name } of tx.all<{ name: string }>(
    `SELECT DISTINCT json_extract(payload, '$.note') AS name FROM team_events
     WHERE kind = 'note' AND standing <> ${standing.counts} AND entity IN (SELECT value FROM json_each(?))`,
    JSON.stringify(group.entities),
  ))
    if (!notes.some(({ element }) => element === name)) dropNote(tx, name)
  for (const row of notes) {
    const written = NoteValue.safeParse(row.value)
    if (!written.success) continue
    const edited = NoteValue.safeParse(register(`note:${row.element}`))
    if (register(`note-gone:${row.element}`) === true) dropNote(tx, row.element)
    else
      keepNote(tx, {
        name: row.element,
        conversationId,
        at: row.at,
        author: written.data.as || nameOfDevice(tx, row.device),
        text: edited.success ? edited.data.text : written.data.text,
      })
  }
}
