/** The floor of every sync: what the server alone takes to deliver to a reader that throws the bytes away. */
import net from 'node:net'

/**
 * @param {number} port of an IMAP server on loopback without TLS
 * @returns {Promise<number>} ms from the FETCH of all bodies to its end
 */
export async function fetchAndForget(port, user = 'support', password = 'pw') {
  const reader = await connect(port)
  await reader.command(`LOGIN ${user} ${password}`)
  await reader.command('EXAMINE INBOX')
  const t0 = performance.now()
  await reader.command('FETCH 1:* (UID BODY.PEEK[])')
  const took = performance.now() - t0
  reader.end()
  return took
}

/**
 * The newest page and nothing else.
 * @returns {Promise<number>} ms from connecting to the last byte of the newest 50 of `count` messages
 */
export async function newestAndForget(port, count, user = 'support', password = 'pw') {
  const t0 = performance.now()
  const reader = await connect(port)
  await reader.command(`LOGIN ${user} ${password}`)
  await reader.command('SELECT INBOX')
  await reader.command(`FETCH ${Math.max(1, count - 49)}:${count} (UID FLAGS INTERNALDATE BODY.PEEK[])`)
  const took = performance.now() - t0
  reader.end()
  return took
}

async function connect(port) {
  const socket = net.connect(port, '127.0.0.1')
  let tail = ''
  let done = () => {}
  let wanted = ''
  socket.on('data', (chunk) => {
    // The tag is nothing that mail contains; only the end of what came is looked at.
    tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - 4000))).slice(-8000)
    if (tail.includes(`\n${wanted} OK`) && tail.endsWith('\n')) done()
  })
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject)
  })
  let sent = 0
  return {
    command: (text) =>
      new Promise((resolve, reject) => {
        wanted = `FloorTagOfNobody${++sent}`
        done = resolve
        socket.once('error', reject)
        socket.write(`${wanted} ${text}\r\n`)
      }),
    end: () => socket.destroy(),
  }
}
