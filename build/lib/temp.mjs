/** One temporary folder for a script and all that it starts. */
import fs from 'node:fs'
import { startGuarded, tempFolder } from '../../test/servers/process.mjs'

/**
 * From here on the system's temporary folder, for this process and those it starts, is one of their own. It goes with all
 * that anybody left there: by `remove`, which wants everything ended that writes there, and when this process is killed.
 * @param {string} name
 * @returns {{ dir: string, remove: () => Promise<void> }}
 */
export function ownTemp(name) {
  const dir = tempFolder(name)
  for (const variable of ['TMPDIR', 'TMP', 'TEMP']) process.env[variable] = dir
  if (process.platform === 'win32')
    return { dir, remove: async () => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 }) }
  const guard = startGuarded(['sleep', '2147483647'], { logFile: '/dev/null', folder: dir })
  return { dir, remove: guard.stop }
}
