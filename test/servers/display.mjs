/** A screen for machines that have none. */
import fs from 'node:fs'
import path from 'node:path'
import { requireProgram, startGuarded, tail, tempFolder, waitFor } from './process.mjs'

/**
 * Starts Xvfb (1280x800, 24 bits) when no DISPLAY is set.
 * @param {{ always?: boolean, framebufferDir?: string }} [options] always: a private screen even where there is one;
 *   framebufferDir: keep the picture in a file there, for benchmarks that watch it
 * @returns {Promise<{ env: Record<string, string>, stop: () => Promise<void> }>} env: to be added for child processes
 */
export async function ensureDisplay({ always = false, framebufferDir } = {}) {
  if (process.env.DISPLAY && !always) return { env: {}, stop: async () => {} }
  const program = requireProgram('Xvfb', 'xvfb')
  const dir = tempFolder('display')
  const logFile = path.join(dir, 'xvfb.log')
  let printed = ''
  // Xvfb itself picks a free number and prints it once it is ready.
  const args = [
    '-displayfd',
    '1',
    '-screen',
    '0',
    '1280x800x24',
    '-nolisten',
    'tcp',
    '-noreset',
    ...(framebufferDir ? ['-fbdir', framebufferDir] : []),
  ]
  const server = startGuarded([program, ...args], {
    logFile,
    folder: dir,
    onOutput: (text) => {
      printed += text
    },
  })
  await waitFor(() => !server.running() || printed.includes('\n'), { what: 'Xvfb to start', ms: 20_000 })
  if (!server.running()) throw new Error(`Xvfb did not start: ${tail(logFile)}`)
  return {
    // Without WAYLAND_DISPLAY, or programs may find the real screen after all.
    env: { DISPLAY: `:${printed.trim()}`, WAYLAND_DISPLAY: '', XDG_SESSION_TYPE: 'x11' },
    stop: async () => {
      await server.stop()
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}
