import { Settings, SettingsChange } from '../../src-preload/contract/settings'
import type { Reader, Writer } from './file/database'

/** Settings with their defaults; a value that no longer fits its schema is as good as none. */
export function getSettings(read: Reader): Settings {
  const rows = read.all<{ key: string; value: string }>('SELECT key, value FROM settings')
  const stored = Object.fromEntries(rows.map(({ key, value }) => [key, json(value)]))
  const whole = Settings.safeParse(stored)
  if (whole.success) return whole.data
  const fitting = Object.entries(stored).filter(([key, value]) => SettingsChange.safeParse({ [key]: value }).success)
  return Settings.parse(Object.fromEntries(fitting))
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

/** Everything that is kept, for app; without defaults. */
export function storedSettings(read: Reader): Record<string, unknown> {
  return Object.fromEntries(
    read
      .all<{ key: string; value: string }>('SELECT key, value FROM settings')
      .map(({ key, value }) => [key, json(value)]),
  )
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
