import { isDeepStrictEqual } from 'node:util'
import type { Policy } from '../../src-preload/contract/policy'
import { Settings, SettingsChange, SettingsToBeginWith } from '../../src-preload/contract/settings'
import { jsonIn } from '../shared/json'
import type { Database, Reader, Writer } from './file/database'

/** The row that holds what policy gives people to begin with. */
const begin = 'policyDefaults'

/** Settings with their defaults; a value that no longer fits its schema is as good as none. */
export function getSettings(read: Reader): Settings {
  const stored = storedSettings(read)
  const whole = Settings.safeParse(stored)
  if (whole.success) return whole.data
  const fitting = Object.entries(stored).filter(([key, value]) => SettingsChange.safeParse({ [key]: value }).success)
  return Settings.parse(Object.fromEntries(fitting))
}

/** What policy gives people to begin with, from now on. What they chose stays. */
export function beginWith(db: Database, settings: Policy['defaults'] = {}): void {
  if (!isDeepStrictEqual(rows(db.read).get(begin) ?? {}, settings))
    db.write((tx) => setSettings(tx, { [begin]: settings }))
}

/** Keeps the given settings; unknown names are refused by the caller's schema or kept for app. */
export function setSettings(tx: Writer, values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue
    tx.run(
      'INSERT INTO settings(key, value) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value = ?2',
      key,
      JSON.stringify(value),
    )
  }
  tx.changes.touched('settings')
}

/** Everything that was chosen, or given to begin with, for app; without the program's own defaults. */
export function storedSettings(read: Reader): Record<string, unknown> {
  const stored = rows(read)
  return { ...SettingsToBeginWith.safeParse(stored.get(begin)).data, ...Object.fromEntries(stored) }
}

function rows(read: Reader): Map<string, unknown> {
  return new Map(
    read
      .all<{ key: string; value: string }>('SELECT key, value FROM settings')
      .map(({ key, value }) => [key, jsonIn(value)]),
  )
}
