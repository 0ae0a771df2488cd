/** Mail as in the peers' speed table: threads of invented words, multipart/alternative, about 6 kB each; the same for the same seed. */

/** A small generator of numbers in [0, 1) (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export interface MadeMessage {
  raw: Buffer
  date: Date
  seen: boolean
}

export function* makeMessages(count: number, seed = 7): Generator<MadeMessage> {
  const random = numbers(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const word = (): string => `w${String(below(20_000)).padStart(5, '0')}`
  const words = (many: number): string => Array.from({ length: many }, word).join(' ')
  const customers = Math.max(10, Math.floor(count / 8))
  const threads: { subject: string; id: string }[] = []
  let time = 1_700_000_000
  for (let index = 0; index < count; index += 1) {
    time += 1 + below(300)
    const customer = below(customers)
    const id = `<m${index}@example.com>`
    const thread =
      threads.length > 0 && random() < 0.6
        ? threads[Math.max(0, threads.length - 2000) + below(Math.min(2000, threads.length))]
        : undefined
    const subject = thread?.subject ?? words(5)
    if (!thread) threads.push({ subject, id })
    const lines = Array.from({ length: 5 + below(56) }, () => words(12))
    const body = lines.join('\r\n')
    const html = `<html><body><p>${lines.join('</p><p>')}</p></body></html>`
    const raw = [
      `From: Cust ${customer} <cust${customer}@example${customer % 97}.com>`,
      'To: Support <support@acme.test>',
      ...(thread
        ? [`Subject: Re: ${subject}`, `In-Reply-To: ${thread.id}`, `References: ${thread.id}`]
        : [`Subject: ${subject}`]),
      `Message-ID: ${id}`,
      `Date: ${new Date(time * 1000).toUTCString().replace('GMT', '-0000')}`,
      'MIME-Version: 1.0',
      `Content-Type: multipart/alternative; boundary="b${index}"`,
      '',
      `--b${index}`,
      'Content-Type: text/plain; charset=utf-8',
      '',
      body,
      `--b${index}`,
      'Content-Type: text/html; charset=utf-8',
      '',
      html,
      `--b${index}--`,
      '',
    ].join('\r\n')
    yield { raw: Buffer.from(raw), date: new Date(time * 1000), seen: random() < 0.5 }
  }
}
