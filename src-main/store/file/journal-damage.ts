import type { Reader, Writer } from './database'

/** Keeps in mind that the end of the journal was damaged, until a person has read of it: what was acknowledged last may be missing (R46). */
export function noteJournalDamage(tx: Writer, at: number): void {
  tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES('journal_damage', ?)", String(at))
}

/** When it was found, ms; null: nothing to tell. */
export function journalDamage(read: Reader): number | null {
  const row = read.get<{ value: string }>("SELECT value FROM meta WHERE key = 'journal_damage'")
  return row ? Number(row.value) : null
}

export function journalDamageSeen(tx: Writer): void {
  tx.run("DELETE FROM meta WHERE key = 'journal_damage'")
  tx.changes.touched('settings')
}
