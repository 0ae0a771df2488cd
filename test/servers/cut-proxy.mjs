/** A cable that can be cut: a TCP proxy on loopback in front of a server. */
import net from 'node:net'

/** @typedef {'toServer' | 'toClient'} Direction */

/**
 * @typedef {object} CutProxy
 * @property {string} host "127.0.0.1"
 * @property {number} port stays the same through cut and restore
 * @property {() => Promise<void>} cut drops every connection and refuses new ones
 * @property {() => Promise<void>} restore lets new connections through again, and ends a stall
 * @property {(bytes: number, direction?: Direction) => void} cutAfterBytes cuts right after that many more bytes went
 *   through in that direction (default toClient), counted over all connections; the rest of the piece is dropped
 * @property {() => void} stall connections stay open but nothing passes any more, in either direction, until restore
 * @property {() => { toServer: number, toClient: number, connections: number, open: number, refused: number }} counters
 *   connections: how many ever came through; refused: accepted at the port while cut (in the moment before it closes)
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ port: number, host?: string }} target the server behind
 * @returns {Promise<CutProxy>}
 */
export async function startCutProxy({ port: targetPort, host: targetHost = '127.0.0.1' }) {
  const pairs = new Set()
  const counters = { toServer: 0, toClient: 0, connections: 0, refused: 0 }
  /** @type {{ direction: Direction, left: number } | undefined} */
  let limit
  let stalled = false
  let isCut = false
  let port = 0

  const server = net.createServer({ noDelay: true }, (client) => {
    client.on('error', () => {})
    if (isCut) {
      counters.refused += 1
      client.destroy()
      return
    }
    counters.connections += 1
    const behind = net.connect({ port: targetPort, host: targetHost, noDelay: true })
    const pair = { client, behind }
    pairs.add(pair)
    const close = () => {
      pairs.delete(pair)
      client.destroy()
      behind.destroy()
    }
    behind.on('error', close)
    pass(client, behind, 'toServer')
    pass(behind, client, 'toClient')
    client.on('close', close)
    behind.on('close', close)
    if (stalled) pausePair(pair)
  })

  /** Hands on what comes, with the count and the limit in between. */
  function pass(/** @type {net.Socket} */ from, /** @type {net.Socket} */ to, /** @type {Direction} */ direction) {
    from.on('data', (chunk) => {
      const last = limit?.direction === direction && chunk.length >= limit.left
      const piece = last && limit ? chunk.subarray(0, limit.left) : chunk
      if (limit?.direction === direction) limit.left -= piece.length
      counters[direction] += piece.length
      if (last) {
        limit = undefined
        // The allowed bytes must arrive: end this side in order, and drop everything once they are out.
        to.end(piece, () => void cut())
      } else if (!to.write(piece)) {
        from.pause()
        to.once('drain', () => {
          if (!stalled) from.resume()
        })
      }
    })
    from.on('end', () => to.end())
  }

  const pausePair = (pair) => {
    pair.client.pause()
    pair.behind.pause()
  }

  const listen = () =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        port = /** @type {net.AddressInfo} */ (server.address()).port
        resolve(undefined)
      })
    })

  async function cut() {
    limit = undefined
    isCut = true
    for (const { client, behind } of pairs) {
      // A reset, as when a router goes away, not an orderly end.
      client.resetAndDestroy()
      behind.destroy()
    }
    pairs.clear()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }

  await listen()
  return {
    host: '127.0.0.1',
    port,
    cut,
    restore: async () => {
      isCut = false
      if (!server.listening) await listen()
      stalled = false
      for (const { client, behind } of pairs) {
        client.resume()
        behind.resume()
      }
    },
    cutAfterBytes: (bytes, direction = 'toClient') => {
      limit = { direction, left: bytes }
    },
    stall: () => {
      stalled = true
      for (const pair of pairs) pausePair(pair)
    },
    counters: () => ({ ...counters, open: pairs.size }),
    stop: cut,
  }
}
