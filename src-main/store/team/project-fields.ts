import { FieldValue } from '../../../src-preload/contract/fields'
import type { Changed } from './log'
import { standingWrite } from './state'

const prefix = 'field:'

/** Custom fields of a conversation, as lists ask for them. */
export function projectFields({ tx, group, rows, fields }: Changed): void {
  const { conversationId: id } = group
  if (id === null) return
  for (const register of [...fields].filter((field) => field.startsWith(prefix))) {
    const name = register.slice(prefix.length)
    const value = FieldValue.safeParse(standingWrite(rows, register)?.value)
    const before =
      tx.get<{ value: unknown }>(
        'SELECT value FROM conversation_fields WHERE conversation_id = ? AND field = ?',
        id,
        name,
      )?.value ?? null
    const now = value.success ? value.data : null
    if (before === now) continue
    if (now === null) tx.run('DELETE FROM conversation_fields WHERE conversation_id = ? AND field = ?', id, name)
    else
      tx.run(
        'INSERT INTO conversation_fields(conversation_id, field, value) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3',
        id,
        name,
        now,
      )
    tx.changes.touched('counts')
  }
}

/** Views and fields are asked for anew when their definitions change. */
export function projectDefinitions({ tx, group }: Changed): void {
  if (!/^(?:view|field):/.test(group.owner)) return
  tx.changes.touched('views')
  tx.changes.touched('counts')
}
