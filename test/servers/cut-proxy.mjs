/** A cable that can be cut: a TCP proxy on loopback in front of a server. */
import net from 'node:net'

/** @typedef {'toServer' | 'toClient'} Direction */

/**
 * @typedef {object} CutProxy
 * @property {string} host "127.0.0.1"
 * @property {number} port stays the same through cut and restore
 * @property {() => Promise<void>} cut drops every connection and refuses new ones
 * @property {() => Promise<void>} restore lets everything through again: ends a cut, a stall and a cutAfterBytes that has
 *   not come about
 * @property {(bytes: number, direction?: Direction) => void} cutAfterBytes cuts right after that many more bytes went
 *   through in that direction (default toClient), counted over all connections; what follows is dropped
 * @property {(line: number, when: 'before' | 'after') => void} cutAtLine cuts at that line of the clients, counted from now
 *   over all connections: before it reaches the server, or right after, when its answer can no longer come through
 * @property {() => Promise<void>} untilCut resolves once it is cut; wait for this rather than for `counters().open` to be 0,
 *   which it also is while nobody has connected again yet
 * @property {() => void} stall connections stay open but nothing passes any more, in either direction, until restore
 * @property {() => { toServer: number, toClient: number, connections: number, open: number, refused: number, lines: number }} counters
 *   connections: how many ever came through; refused: accepted at the port while cut (in the moment before it closes)
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ port: number, host?: string }} target the server behind
 * @returns {Promise<CutProxy>}
 */
export async function startCutProxy({ port: targetPort, host: targetHost = '127.0.0.1' }) {
  const pairs = new Set()
  const counters = { toServer: 0, toClient: 0, connections: 0, refused: 0, lines: 0 }
  /** @type {{ left: number, when: 'before' | 'after' } | undefined} */
  let lineLimit
  /** @type {{ direction: Direction, left: number } | undefined} */
  let limit
  /** @type {(() => void)[]} */
  const waiting = []
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
      // What comes after the cut is lost, on every connection.
      if (isCut) return
      if (direction === 'toServer' && cutsAtLine(chunk, to)) return
      const last = limit?.direction === direction && chunk.length >= limit.left
      const piece = last && limit ? chunk.subarray(0, limit.left) : chunk
      if (limit?.direction === direction) limit.left -= piece.length
      counters[direction] += piece.length
      if (last) {
        limit = undefined
        isCut = true
        // The allowed bytes must arrive: end this side in order, and drop everything once they are out; a receiver that
        // does not read only gets a moment.
        const hurry = setTimeout(() => void cut(), 1000)
        to.end(piece, () => {
          clearTimeout(hurry)
          void cut()
        })
      } else if (!to.write(piece)) {
        from.pause()
        to.once('drain', () => {
          if (!stalled) from.resume()
        })
      }
    })
    from.on('end', () => to.end())
  }

  /** Counts lines on their way to the server. true: the cable was cut here. */
  function cutsAtLine(/** @type {Buffer} */ chunk, /** @type {net.Socket} */ to) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) {
      counters.lines += 1
      if (lineLimit === undefined || --lineLimit.left > 0) continue
      const piece = chunk.subarray(0, lineLimit.when === 'after' ? at + 1 : chunk.lastIndexOf(10, at - 1) + 1)
      lineLimit = undefined
      isCut = true
      if (piece.length === 0) void cut()
      // The server gets the line and acts on it; nothing of what it answers comes back.
      else to.write(piece, () => setTimeout(() => void cut(), 30))
      return true
    }
    return false
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
    limit = lineLimit = undefined
    isCut = true
    for (const { client, behind } of pairs) {
      // A reset, as when a router goes away, not an orderly end.
      client.resetAndDestroy()
      behind.destroy()
    }
    pairs.clear()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
    for (const resolve of waiting.splice(0)) resolve()
  }

  await listen()
  return {
    host: '127.0.0.1',
    port,
    cut,
    restore: async () => {
      isCut = false
      limit = lineLimit = undefined
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
    cutAtLine: (line, when) => {
      lineLimit = { left: line, when }
    },
    untilCut: () =>
      new Promise((resolve) => {
        if (isCut && !server.listening && pairs.size === 0) resolve()
        else waiting.push(resolve)
      }),
    stall: () => {
      stalled = true
      for (const pair of pairs) pausePair(pair)
    },
    counters: () => ({ ...counters, open: pairs.size }),
    stop: cut,
  }
}
