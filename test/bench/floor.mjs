/** The floor of every sync: what the server alone takes to deliver a folder to a reader that throws the bytes away. */
import net from 'node:net'

/**
 * @param {number} port of an IMAP server on loopback without TLS
 * @returns {Promise<number>} ms from the FETCH of all bodies to its end
 */
export async function fetchAndForget(port, user = 'support', password = 'pw') {
  const socket = net.connect(port, '127.0.0.1')
  let tail = ''
  let done = () => {}
  let wanted = ''
  socket.on('data', (chunk) => {
    // The tag is nothing that mail contains; only the end of what came is looked at.
    tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - 4000))).slice(-8000)
    if (tail.includes(`\n${wanted} OK`) && tail.endsWith('\n')) done()
  })
  const command = (tag, text) =>
    new Promise((resolve, reject) => {
      wanted = tag
      done = resolve
      socket.once('error', reject)
      socket.write(`${tag} ${text}\r\n`)
    })
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject)
  })
  await command('FloorTagOfNobody1', `LOGIN ${user} ${password}`)
  await command('FloorTagOfNobody2', 'EXAMINE INBOX')
  const t0 = performance.now()
  await command('FloorTagOfNobody3', 'FETCH 1:* (UID BODY.PEEK[])')
  const took = performance.now() - t0
  socket.destroy()
  return took
}
