/** A screen and a private keychain around the programs we start, where this platform has them. */
import { ensureDisplay } from '../../test/servers/display.mjs'
import { startKeychain } from '../../test/servers/keychain.mjs'
import { findProgram } from '../../test/servers/process.mjs'

/**
 * @param {{ display?: boolean | 'private' }} [options] display: false leaves the screen alone, 'private' makes one of its
 *   own even where there is one
 * @returns {Promise<{ env: Record<string, string>, stop: () => Promise<void> }>}
 */
export async function startSession({ display = true } = {}) {
  if (process.platform !== 'linux') return { env: {}, stop: async () => {} }
  const screen = display ? await ensureDisplay({ always: display === 'private' }) : undefined
  // Without gnome-keyring (some desktop of another kind) the session's own keychain has to do.
  const hasKeyring = findProgram('gnome-keyring-daemon') && findProgram('dbus-daemon')
  const keychain = hasKeyring ? await startKeychain() : undefined
  return {
    env: { ...screen?.env, ...keychain?.env },
    stop: async () => {
      await keychain?.stop()
      await screen?.stop()
    },
  }
}
