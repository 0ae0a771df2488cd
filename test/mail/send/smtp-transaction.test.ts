import { once } from 'node:events'
import net from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { PosternError } from '../../../src-preload/contract/errors'
import {
  extensionsOf,
  handOver,
  withDotsDoubled,
  withLineEnds,
  type Envelope,
  type SendResult,
} from '../../../src-main/mail/send/smtp-transaction'
import { SmtpWire } from '../../../src-main/mail/send/smtp-wire'

const hello = (...names: string[]): string =>
  ['250-mx.test', ...names.map((name) => `250-${name}`), '250 HELP'].join('\n')
const chunking = hello('CHUNKING', '8BITMIME')
const envelope: Envelope = { from: 'support@acme.test', to: ['anna@customer.test'] }
const letter = Buffer.from('Subject: x\r\n\r\n.hidden dot\r\nend\r\n')

let close: () => void = () => undefined
afterEach(() => close())

/**
 * Hands a message to a server that answers its n-th word (a line, or the content of a chunk) with the n-th answer; null says
 * nothing, and after the last answer it goes away.
 */
async function dialogue(
  answers: readonly (string | null)[],
  offers = chunking,
  {
    raw = letter,
    to = envelope,
    ending = () => undefined,
  }: { raw?: Uint8Array; to?: Envelope; ending?: (words: readonly string[]) => void } = {},
): Promise<{ result: SendResult; words: string[] }> {
  const words: string[] = []
  const left = [...answers]
  const server = net.createServer((socket) => {
    let [buffered, chunk] = ['', 0]
    let inData = false
    socket.on('error', () => undefined)
    socket.on('data', (piece: Buffer) => {
      buffered += piece.toString('latin1')
      for (;;) {
        const end = chunk > 0 ? chunk : inData ? buffered.indexOf('\r\n.\r\n') + 5 : buffered.indexOf('\r\n') + 2
        if (end < (inData ? 5 : 2) || buffered.length < end) return
        const word = buffered.slice(0, end)
        buffered = buffered.slice(end)
        const isContent = chunk > 0 || inData
        words.push(isContent ? word : word.trimEnd())
        chunk = isContent ? 0 : Number(/^BDAT (\d+)\r/.exec(word)?.[1] ?? 0)
        if (chunk > 0) continue
        const answer = left.shift()
        inData = word.startsWith('DATA') && answer?.startsWith('354') === true
        if (answer) socket.write(answer)
        if (left.length === 0) socket.end()
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const socket = net.connect(port, '127.0.0.1')
  close = () => {
    socket.destroy()
    server.close()
  }
  await once(socket, 'connect')
  const at = { host: '127.0.0.1', port }
  const result = await handOver(new SmtpWire(socket, at), at, offers, to, raw, async () => ending([...words]))
  return { result, words }
}

describe('what became of a message is known as far as it can be (R40)', () => {
  test('a server that has the whole message and was not told to take it has not taken it', async () => {
    for (const answers of [
      ['250 Ok\r\n', '250 Ok\r\n', null],
      ['250 Ok\r\n', '250 Ok\r\n', '250 I have'],
    ]) {
      const { result } = await dialogue(answers)
      expect(result).toMatchObject({ state: 'not-sent', final: false, error: { code: 'connection-lost' } })
    }
  })

  test('the end is announced before it leaves and after all else is there; where that fails it does not leave', async () => {
    for (const [offers, answers, last] of [
      [chunking, ['250 Ok\r\n', '250 Ok\r\n', '250 Ok\r\n', '250 Ok\r\n'], letter.toString()],
      [hello(), ['250 Ok\r\n', '250 Ok\r\n', '354 Go\r\n', '250 Ok\r\n'], 'DATA'],
    ] as const) {
      const announced: (string | undefined)[] = []
      const { result } = await dialogue(answers, offers, { ending: (words) => void announced.push(words.at(-1)) })
      expect(result.state).toBe('accepted')
      expect(announced).toEqual([last])
      const stopped = await dialogue(answers, offers, {
        ending: () => {
          throw new PosternError('conflict')
        },
      })
      expect(stopped.result).toMatchObject({ state: 'not-sent', final: false, error: { code: 'conflict' } })
      expect(stopped.words.at(-1)).toBe(last)
    }
    const refused: string[] = []
    await dialogue(['250 Ok\r\n', '550 No\r\n'], chunking, { ending: () => void refused.push('announced') })
    expect(refused).toEqual([])
  })

  test('nothing is said behind an end that was begun and is not to be: a lenient server would take it for the end (R40)', async () => {
    const heard: string[] = []
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (piece: Buffer) => {
        heard.push(piece.toString('latin1'))
        for (let n = (piece.toString('latin1').match(/^(?:MAIL|RCPT|end\r)/gm) ?? []).length; n > 0; n--)
          socket.write('250 Ok\r\n')
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const at = { host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 }
    const socket = net.connect(at.port, '127.0.0.1')
    close = () => {
      socket.destroy()
      server.close()
    }
    await once(socket, 'connect')
    const result = await handOver(new SmtpWire(socket, at), at, chunking, envelope, letter, async () => {
      throw new PosternError('conflict')
    })
    expect(result).toMatchObject({ state: 'not-sent', error: { code: 'conflict' } })
    socket.write('QUIT\r\n')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(heard.join('')).toContain('BDAT 0 LAST')
    expect(heard.join('')).not.toContain('LASTQUIT')
  })

  test('it is told to take it in a word of its own, after it has confirmed the content', async () => {
    const { result, words } = await dialogue([
      '250 Ok\r\n',
      '250 Ok\r\n',
      '250 I have it\r\n',
      '250 2.0.0 queued as 7\r\n',
    ])
    expect(result).toEqual({ state: 'accepted', refused: [], line: '250 2.0.0 queued as 7' })
    expect(words).toEqual([
      'MAIL FROM:<support@acme.test>',
      'RCPT TO:<anna@customer.test>',
      `BDAT ${letter.length}`,
      letter.toString(),
      'BDAT 0 LAST',
    ])
  })

  test('no answer at all after the end is in doubt, with chunks and without', async () => {
    expect((await dialogue(['250 Ok\r\n', '250 Ok\r\n', '250 Ok\r\n', null])).result.state).toBe('unknown')
    expect((await dialogue(['250 Ok\r\n', '250 Ok\r\n', '354 Go\r\n', null], hello())).result.state).toBe('unknown')
  })

  test('an answer whose end was lost counts by its code, and less than a code is in doubt', async () => {
    const ends = async (answer: string): Promise<SendResult> =>
      (await dialogue(['250 Ok\r\n', '250 Ok\r\n', '250 Ok\r\n', answer])).result
    expect(await ends('250 2.0.0 que')).toMatchObject({ state: 'accepted', line: '250 2.0.0 que' })
    expect(await ends('250-2.0.0 Ok\r\n250')).toMatchObject({ state: 'accepted' })
    expect(await ends('554 5.7.1 sp')).toMatchObject({ state: 'not-sent', final: true })
    expect(await ends('451')).toMatchObject({ state: 'not-sent', final: false })
    expect(await ends('25')).toMatchObject({ state: 'unknown' })
  })

  test('a server that offers chunks and does not know them gets the message the other way, once', async () => {
    const { result, words } = await dialogue([
      '250 Ok\r\n',
      '250 Ok\r\n',
      '502 What\r\n',
      '250 Ok\r\n',
      '250 Ok\r\n',
      '250 Ok\r\n',
      '354 Go\r\n',
      '250 queued\r\n',
    ])
    expect(result).toMatchObject({ state: 'accepted' })
    expect(words.slice(4, 8)).toEqual(['RSET', 'MAIL FROM:<support@acme.test>', 'RCPT TO:<anna@customer.test>', 'DATA'])
    // The dot is doubled on this way only.
    expect(words[8]).toBe('Subject: x\r\n\r\n..hidden dot\r\nend\r\n.\r\n')
  })

  test('a line of a message is never taken for a command by a server that does not know chunks: half of it would reach people', async () => {
    const raw = Buffer.from('Subject: x\r\n\r\n data\r\nhalf\r\n.\r\nend\r\n')
    const { words, result } = await dialogue(['250 Ok\r\n', '250 Ok\r\n', '354 Go\r\n', '250 queued\r\n'], chunking, {
      raw,
    })
    expect(result).toMatchObject({ state: 'accepted' })
    expect(words.slice(2)).toEqual(['DATA', 'Subject: x\r\n\r\n data\r\nhalf\r\n..\r\nend\r\n.\r\n'])
  })

  test('late answers to the lines of a chunk are not taken for answers to what came behind it', async () => {
    const words: string[] = []
    const server = net.createServer((socket) => {
      let buffered = ''
      let queue = Promise.resolve()
      socket.on('error', () => undefined)
      socket.on('data', (piece: Buffer) => {
        buffered += piece.toString('latin1')
        for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
          const word = buffered.slice(0, end)
          buffered = buffered.slice(end + 2)
          queue = queue.then(async () => {
            words.push(word)
            const good = /^(MAIL|RCPT|RSET)/.test(word)
            if (!good && !word.startsWith('BDAT')) await new Promise((resolve) => setTimeout(resolve, 300))
            if (!socket.destroyed) socket.write(good ? '250 Ok\r\n' : '500 What\r\n')
          })
        }
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const at = { host: '127.0.0.1', port }
    const socket = net.connect(port, '127.0.0.1')
    close = () => {
      socket.destroy()
      server.close()
    }
    await once(socket, 'connect')
    const result = await handOver(new SmtpWire(socket, at), at, chunking, envelope, letter, async () => undefined)
    expect(result).toMatchObject({ state: 'not-sent', final: false, error: { code: 'server-broken' } })
    expect(words.filter((word) => word.startsWith('MAIL'))).toHaveLength(1)
  })

  test('a server that reads a chunk as commands has not got it, is told nothing more, and gets the message the other way when it is tried again', async () => {
    const words: string[] = []
    const server = net.createServer((socket) => {
      let buffered = ''
      let inData = false
      socket.on('error', () => undefined)
      socket.on('data', (piece: Buffer) => {
        buffered += piece.toString('latin1')
        for (;;) {
          const end = inData ? buffered.indexOf('\r\n.\r\n') + 5 : buffered.indexOf('\r\n') + 2
          if (end < (inData ? 5 : 2)) return
          const word = buffered.slice(0, end)
          buffered = buffered.slice(end)
          words.push(word)
          if (inData) socket.write('250 queued\r\n')
          else if (word.startsWith('DATA')) socket.write('354 Go\r\n')
          else socket.write(/^(MAIL|RCPT|RSET)/.test(word) ? '250 Ok\r\n' : '500 What\r\n')
          inData = !inData && word.startsWith('DATA')
        }
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const at = { host: '127.0.0.1', port }
    const sockets: net.Socket[] = []
    close = () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
    const attempt = async (): Promise<SendResult> => {
      const socket = net.connect(port, '127.0.0.1')
      sockets.push(socket)
      await once(socket, 'connect')
      return await handOver(new SmtpWire(socket, at), at, chunking, envelope, letter, async () => undefined)
    }
    expect(await attempt()).toMatchObject({ state: 'not-sent', final: false, error: { code: 'server-broken' } })
    expect(words.at(-1)).toBe('end\r\n')
    words.length = 0
    expect(await attempt()).toMatchObject({ state: 'accepted' })
    expect(words.some((word) => word.startsWith('BDAT'))).toBe(false)
  })

  test('a last word of a server that then closes is told, not that it closed', async () => {
    expect((await dialogue(['421 4.3.2 closing\r\n'])).result).toMatchObject({
      state: 'not-sent',
      final: false,
      line: '421 4.3.2 closing',
    })
    expect((await dialogue(['250 Ok\r\n', '250 Ok\r\n', '552 5.3.4 too big\r\n'])).result).toMatchObject({
      state: 'not-sent',
      final: true,
      error: { code: 'too-large' },
    })
  })

  test('what was only put off at its end is no failure because a recipient was refused before, and the other way round', async () => {
    const to = { from: 'support@acme.test', to: ['anna@customer.test', 'gone@customer.test'] }
    const end = async (recipient: string, last: string): Promise<SendResult> =>
      (await dialogue(['250 Ok\r\n', '250 Ok\r\n', recipient, '354 Go\r\n', last], hello(), { to })).result
    expect(await end('550 5.1.1 unknown\r\n', '451 4.7.1 come again\r\n')).toMatchObject({
      state: 'not-sent',
      final: false,
    })
    expect(await end('452 4.2.2 full\r\n', '554 5.7.1 spam\r\n')).toMatchObject({ state: 'not-sent', final: true })
  })

  test('whom the server refused before the doubt began is not forgotten', async () => {
    const to = { from: 'support@acme.test', to: ['anna@customer.test', 'gone@customer.test'] }
    const { result } = await dialogue(
      ['250 Ok\r\n', '250 Ok\r\n', '550 5.1.1 unknown\r\n', '354 Go\r\n', null],
      hello(),
      { to },
    )
    expect(result).toMatchObject({ state: 'unknown', refused: [{ address: 'gone@customer.test' }] })
  })

  test('a refused sender is told also where the recipients went along with it', async () => {
    const { result } = await dialogue(['553 5.7.1 not yours\r\n', '503 no\r\n'], hello('PIPELINING'))
    expect(result).toMatchObject({ state: 'not-sent', final: true, error: { code: 'sender-refused' } })
  })
})

test('nothing leaves for an address that would end its command, or to a server that says it is too large (R42)', async () => {
  const bad = { from: 'support@acme.test', to: ['a@b.test>\r\nRCPT TO:<c@d.test'] }
  expect(await dialogue([], chunking, { to: bad })).toMatchObject({
    result: { state: 'not-sent', final: true, error: { code: 'recipient-refused' } },
    words: [],
  })
  expect(await dialogue([], hello('SIZE 10'))).toMatchObject({ result: { error: { code: 'too-large' } }, words: [] })
})

test('a server that knows no other letters than ASCII does not refuse a customer whose domain has some', async () => {
  const to = { from: 'support@acme.test', to: ['anna@müller.test', 'bob@customer.test'] }
  const { words, result } = await dialogue(
    ['250 Ok\r\n', '550 5.1.1 unknown\r\n', '250 Ok\r\n', '354 Go\r\n', '250 Ok\r\n'],
    hello(),
    { to },
  )
  expect(words.slice(0, 3)).toEqual([
    'MAIL FROM:<support@acme.test>',
    'RCPT TO:<anna@xn--mller-kva.test>',
    'RCPT TO:<bob@customer.test>',
  ])
  // Told as it was written.
  expect(result).toMatchObject({ state: 'accepted', refused: [{ address: 'anna@müller.test' }] })
})

test('a message with more than ASCII is announced where the server knows the word, and kept byte for byte', async () => {
  const raw = Buffer.from('Subject: x\r\n\r\nGrüße\r\n')
  const { words } = await dialogue(
    ['250 Ok\r\n', '250 Ok\r\n', '250 Ok\r\n', '250 Ok\r\n'],
    hello('CHUNKING', '8BITMIME', 'SMTPUTF8', 'SIZE 1000'),
    { raw, to: { from: 'a@b.test', to: ['jörg@b.test'] } },
  )
  expect(words[0]).toBe(`MAIL FROM:<a@b.test> SMTPUTF8 BODY=8BITMIME SIZE=${raw.length}`)
  expect(Buffer.from(words[3] ?? '', 'latin1').equals(raw)).toBe(true)
})

test('no line of a message can end it early: bare line ends become whole ones, dots at a start are doubled', () => {
  const sent = (text: string): string => withDotsDoubled(withLineEnds(Buffer.from(text, 'latin1'))).toString('latin1')
  expect(sent('a\n.\nb\r.\rc')).toBe('a\r\n..\r\nb\r\n..\r\nc\r\n')
  expect(sent('.\r\n.\r\n')).toBe('..\r\n..\r\n')
  expect(sent('a\r\r\n')).toBe('a\r\n\r\n')
  const whole = Buffer.from('a\r\nb\r\n')
  expect(withLineEnds(whole).equals(whole)).toBe(true)
})

test('what a server offers is read by name, whatever its case', () => {
  expect([...extensionsOf('250-mx.test\n250-size 99\n250-Chunking\n250 STARTTLS')]).toEqual(
    [
      ['MX', ''],
      ['SIZE', '99'],
      ['CHUNKING', ''],
      ['STARTTLS', ''],
    ].slice(1),
  )
})
