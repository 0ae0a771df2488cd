/** A screen for machines that have none. */
import { randomInt } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { greets, requireProgram, startGuarded, tail, tempFolder, waitFor } from './process.mjs'

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
  const picture = framebufferDir ? ['-fbdir', framebufferDir] : []
  const screen = ['-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-noreset', ...picture]
  for (let tries = 1; tries <= 20; tries++) {
    // Xvfb's own choice of a free number (-displayfd) sees only its own network namespace, and takes the socket of another's away.
    const number = randomInt(100, 10_000)
    if (fs.existsSync(`/tmp/.X${number}-lock`)) continue
    const server = startGuarded([program, `:${number}`, ...screen], { logFile, folder: dir })
    await waitFor(async () => !server.running() || (await answers(number)), { what: 'Xvfb to start', ms: 60_000 })
    if (server.running()) return started(`:${number}`, server, dir)
  }
  throw new Error(`Xvfb did not start: ${tail(logFile)}`)
}

/** Whether a screen lets somebody in. @param {number} number @returns {Promise<boolean>} */
const answers = (number) =>
  greets(`/tmp/.X11-unix/X${number}`, {
    // Little-endian, protocol 11.0, no name and proof of a right.
    hello: Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    isGreeting: ([first]) => first === 1,
    ms: 1000,
  })

/** @param {string} name @param {import('./process.mjs').Guarded} server @param {string} dir */
function started(name, server, dir) {
  return {
    // Without WAYLAND_DISPLAY, or programs may find the real screen after all.
    env: { DISPLAY: name, WAYLAND_DISPLAY: '', XDG_SESSION_TYPE: 'x11' },
    stop: async () => {
      await server.stop()
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}
