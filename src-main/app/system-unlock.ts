import { systemPreferences } from 'electron'

/** The system's own check that the person at the computer is its owner. */
export interface SystemUnlock {
  available(): boolean
  /** Asks now; false when the person is not recognised or gives up. */
  ask(): Promise<boolean>
}

/** Touch ID on macOS. Electron offers none elsewhere: there a passphrase is the lock. */
export function systemUnlock(): SystemUnlock {
  return {
    available: () => process.platform === 'darwin' && systemPreferences.canPromptTouchID(),
    ask: async () => {
      try {
        await systemPreferences.promptTouchID('open your mail')
        return true
      } catch {
        return false
      }
    },
  }
}
