import type { settingsCalls } from '../../../src-preload/contract/calls/settings'
import { getSettings, setSettings } from '../settings'
import type { StoreService } from '../service'
import type { Handlers } from '../../../src-preload/contract/internal'

/** Settings. */
export function settings(service: StoreService): Handlers<typeof settingsCalls> {
  return {
    'settings.get': () => getSettings(service.read),
    'settings.set': (values) => {
      service.open.workspace.db.write((tx) => setSettings(tx, values))
      if (values.blockUnexpectedHosts !== undefined) service.tellNetworkRules()
      return {}
    },
  }
}
