/** A mailbox of N messages for the benchmarks: multipart/alternative, about 6 KB each, six in ten a reply to an earlier one. */
import { seedMaildir } from '../servers/dovecot.mjs'

/** mulberry32: small, seeded, the same on every machine. */
function random(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const words = Array.from({ length: 20_000 }, (_, n) => `w${String(n).padStart(5, '0')}`)

/**
 * @param {number} count
 * @param {{ to?: string, seed?: number }} [options]
 * @returns {Generator<{ raw: string, date: Date, flags: string[] }>} oldest first
 */
export function* generate(count, { to = 'support@acme.example', seed = 7 } = {}) {
  const next = random(seed)
  const below = (limit) => Math.floor(next() * limit)
  const pick = (list) => list[below(list.length)]
  const customers = Array.from(
    { length: Math.max(10, Math.floor(count / 8)) },
    (_, n) => `Cust ${n} <cust${n}@example${n % 97}.example>`,
  )
  const threads = []
  let time = 1_700_000_000
  for (let n = 0; n < count; n += 1) {
    time += 1 + below(300)
    const id = `<m${n}.${seed}@customers.example>`
    let head
    if (threads.length > 0 && next() < 0.6) {
      const [subject, reference] = threads[threads.length - 1 - below(Math.min(2000, threads.length))]
      head = `Subject: Re: ${subject}\r\nIn-Reply-To: ${reference}\r\nReferences: ${reference}\r\n`
    } else {
      const subject = Array.from({ length: 5 }, () => pick(words)).join(' ')
      head = `Subject: ${subject}\r\n`
      threads.push([subject, id])
    }
    const text = Array.from({ length: 5 + below(56) }, () =>
      Array.from({ length: 12 }, () => pick(words)).join(' '),
    ).join('\r\n')
    const html = `<html><body><p>${text.replaceAll('\r\n', '</p><p>')}</p></body></html>`
    const date = new Date(time * 1000)
    yield {
      raw: `From: ${pick(customers)}\r\nTo: Support <${to}>\r\n${head}Message-ID: ${id}\r\nDate: ${date.toUTCString().replace('GMT', '+0000')}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="b${n}"\r\n\r\n--b${n}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n--b${n}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}\r\n--b${n}--\r\n`,
      date,
      flags: next() < 0.5 ? ['\\Seen'] : [],
    }
  }
}

/** Fills a Maildir with `count` generated messages. */
export function fill(maildir, count, options) {
  return seedMaildir(maildir, generate(count, options))
}
