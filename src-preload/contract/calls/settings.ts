import { done, nothing, store, type CallDef } from './define'
import { Settings, SettingsChange } from '../settings'

/** Settings of this installation. */
export const settingsCalls = {
  'settings.get': store(
    'read',
    'read',
    () => nothing,
    () => Settings,
  ),
  'settings.set': store(
    'write',
    'settings',
    () => SettingsChange,
    () => done,
  ),
} as const satisfies Record<string, CallDef>
