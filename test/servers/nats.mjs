/** A NATS server with JetStream on loopback, with a token and a folder of its own. */
import { freePort, greets, requireProgram, startGuarded, tail, tempFolder, waitFor } from './process.mjs'
import path from 'node:path'

/**
 * @param {{ token?: string, jetstream?: boolean, tls?: { cert: string, key: string } }} [options]
 * @returns {Promise<{ url: string, token: string, stop: () => Promise<void> }>}
 */
export async function startNats({ token = 'team-token', jetstream = true, tls } = {}) {
  const program = requireProgram('nats-server', 'nats-server')
  const folder = tempFolder('nats')
  const logFile = path.join(folder, 'nats.log')
  const port = await freePort()
  const server = startGuarded(
    [program, '-a', '127.0.0.1', '-p', String(port), '--auth', token].concat(
      jetstream ? ['-js', '-sd', path.join(folder, 'store')] : [],
      tls ? ['--tls', '--tlscert', tls.cert, '--tlskey', tls.key] : [],
    ),
    { logFile, folder },
  )
  await waitFor(async () => !server.running() || (await greets(port)), { what: 'NATS to greet' })
  if (!server.running()) throw new Error(`NATS did not start: ${tail(logFile)}`)
  return { url: `${tls ? 'tls' : 'nats'}://127.0.0.1:${port}`, token, stop: () => server.stop() }
}
