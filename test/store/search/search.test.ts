import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holds, mark, markedSnippet, markedSubject, parseQuery } from '../../../src-main/store/search/search-text'
import { packMessage } from '../../../src-main/shared/message-body'
import { Harness, parsed, start } from '../helpers'
import { corpusText, hasCorpus } from '../../fixtures/corpora'

let store: Harness
beforeAll(async () => {
  store = await Harness.make()
  const { folders } = await store.mailbox()
  const put = (folder: string, sent: Parameters<Harness['put']>[1]): Promise<number> =>
    store.put(folders[folder] ?? 0, sent)
  await put('INBOX', {
    from: 'Hannah Oduya <h@x.test>',
    subject: 'Delivery slot moved',
    text: 'The courier moved my slot twice. Über die Straße, naïve café.',
    date: start,
  })
  await put('INBOX', {
    from: 'José <jose@x.test>',
    subject: 'Rückfrage',
    text: `${'Lorem ipsum dolor. '.repeat(80)}Der Sattel quietscht seit gestern. ${'Amet. '.repeat(50)}`,
    date: start + 1000,
    files: [{ name: 'Saddle-photo.jpg' }],
  })
  await put('INBOX', {
    from: '山田太郎 <yamada@x.test>',
    subject: '自転車の修理',
    text: '先週購入した自転車のブレーキが壊れました。東京都に住んでいます。',
    date: start + 2000,
  })
  await put('Junk', { from: 'spam@x.test', subject: 'Winner', text: 'You won a jackpot', date: start + 3000 })
  await put('Trash', { from: 'old@x.test', subject: 'Gone', text: 'binned words', date: start + 4000 })
  await put('Sent', {
    from: 'support@acme.test',
    to: ['Marta Lindqvist <marta@parts.example>', '王小明 <wang@parts.example>'],
    subject: 'Spare part',
    text: 'It is on its way.',
    date: start + 4500,
  })
  const html = parsed({
    from: 'shop@parts.example',
    subject: 'Your order',
    text: 'See the web page.',
    date: start + 4600,
  })
  await put('INBOX', {
    ...html,
    body: packMessage(
      { text: 'See the web page.', html: '<p>Gravel tyres ordered</p>', textSuffices: false, cut: false },
      Buffer.from('x'),
      {},
      'Gravel tyres ordered',
    ).body,
  })
  await put('INBOX', { from: 'नेहा <n@x.test>', subject: 'हिन्दी', text: 'साइकिल की मरम्मत', date: start + 5000 })
  await put('INBOX', { from: 'm@x.test', subject: 'مرحبا', text: 'أريد إصلاح دراجتي', date: start + 6000 })
})
afterAll(() => store.stop())

const subjects = async (text: string): Promise<string[]> =>
  (await store.call('search.query', { text })).hits.map(({ subject }) => subject.join(''))

describe('search', () => {
  test.each([
    ['courier slot', ['Delivery slot moved']],
    ['COUR', ['Delivery slot moved']],
    ['uber strasse', []],
    ['uber cafe naive', ['Delivery slot moved']],
    ['oduya', ['Delivery slot moved']],
    ['jose', ['Rückfrage']],
    ['ruckfrage', ['Rückfrage']],
    ['saddle-ph', ['Rückfrage']],
    ['quietscht sattel', ['Rückfrage']],
    ['quietscht courier', []],
    ['courier tw', ['Delivery slot moved']],
    ['courier zz', []],
    ['courier tw ', []],
    ['bo', []],
    ['my', ['Delivery slot moved']],
    ['"slot twice"', ['Delivery slot moved']],
    ['"twice slot"', []],
    ['"my slot', ['Delivery slot moved']],
    ['自転車', ['自転車の修理']],
    ['京', ['自転車の修理']],
    ['ブレーキ', ['自転車の修理']],
    ['車自', []],
    ['太郎', ['自転車の修理']],
    ['東京都 修理', ['自転車の修理']],
    ['मरम्मत', ['हिन्दी']],
    ['مرحبا', ['مرحبا']],
    ['دراج', ['مرحبا']],
    ['h@x.test', ['Delivery slot moved']],
    ['"marta lindqvist"', ['Spare part']],
    ['spare lin', ['Spare part']],
    ['spare li', ['Spare part']],
    ['王小明', ['Spare part']],
    ['gravel tyres', ['Your order']],
    ['gravel ty', ['Your order']],
    ['"gravel tyres"', ['Your order']],
    ['"tyres gravel"', []],
  ])('%s', async (text, expected) => {
    expect(await subjects(text)).toEqual(expected)
  })

  test('spam and trash are not found unless asked for', async () => {
    expect(await subjects('jackpot')).toEqual([])
    expect(await subjects('jackpot in:spam')).toEqual(['Winner'])
    expect(await subjects('binned')).toEqual([])
    expect(await subjects('in:trash binned')).toEqual(['Gone'])
  })

  test('a quick answer has the page that the whole one has, and never says that it counted all when there are more', async () => {
    const whole = await store.call('search.query', { text: 'x.test', limit: 2 })
    const quick = await store.call('search.query', { text: 'x.test', limit: 2, quick: true })
    expect(whole).toMatchObject({ total: 5, counted: true, more: true })
    expect(quick.hits).toEqual(whole.hits)
    expect(quick).toMatchObject({ total: 3, counted: false, more: true })
    // the next page goes on where the first ended
    const next = await store.call('search.query', { text: 'x.test', offset: 2, limit: 10, quick: true })
    expect(next).toMatchObject({ total: 5, counted: true, more: false })
    expect(next.hits).toHaveLength(3)
  })

  test('a hit far down in a body is in the snippet, and marked', async () => {
    const { hits } = await store.call('search.query', { text: 'sattel' })
    const snippet = hits[0]?.snippet ?? []
    expect(snippet[1]).toBe('Sattel')
    expect(snippet.join('')).toMatch(/^….*quietscht seit gestern/)
    expect(snippet.join('').length).toBeLessThan(260)
  })

  test('no text makes it fail (quotes, operators, SQL, nothing)', async () => {
    const nasty = [
      '"',
      '""',
      '"""',
      '*',
      'a*',
      '^a',
      'a^b',
      'NEAR(a b)',
      'a AND',
      'OR',
      'NOT',
      '(',
      ')',
      '{a b}: c',
      'words:x',
      'search : x',
      "'; DROP TABLE messages; --",
      '\0',
      'a\0b',
      '\uD800',
      '-a',
      '+',
      'in:',
      'in:spam',
      '“',
      '»',
      '\u0301',
      'ﬁ',
      '😀',
      '𝒳',
      '𐤀',
      'ʰ',
      '⁵',
      'Ⅷ',
      'a'.repeat(1000),
      '" '.repeat(500),
      'a b '.repeat(250),
    ]
    for (const text of nasty)
      await expect(store.call('search.query', { text })).resolves.toMatchObject({ ms: expect.any(Number) })
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
        await expect(store.call('search.query', { text })).resolves.toBeDefined()
      }),
      { numRuns: 400 },
    )
  })

  test.skipIf(!hasCorpus('naughty-strings'))('no naughty string makes it fail', async () => {
    const strings: unknown = JSON.parse(corpusText('naughty-strings', 'blns.json'))
    if (!Array.isArray(strings)) throw new Error('not a list')
    for (const one of strings)
      await expect(store.call('search.query', { text: String(one).slice(0, 1000) })).resolves.toBeDefined()
  })
})

describe('marks', () => {
  test('no letter of a text is lost or doubled by marking it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        (text, typed) => {
          const { marks } = parseQuery(typed)
          expect(mark(text, marks).join('')).toBe(text)
        },
      ),
    )
  })

  test('every second part is a hit', () => {
    expect(mark('Café au lait, cafés', parseQuery('cafe').marks)).toEqual(['', 'Café', ' au lait, ', 'cafés', ''])
    expect(mark('私の自転車です', parseQuery('自転車').marks)).toEqual(['私の', '自転車', 'です'])
    expect(markedSnippet('nothing here', parseQuery('absent').marks)).toBeNull()
  })

  test('a hit far back in a subject does not lie where the line is cut off', () => {
    const { marks } = parseQuery('saddle')
    const far = `${'Re: your order of last week '.repeat(4)}and the saddle`
    expect(markedSubject(far, marks).slice(0, 2)).toEqual(['…Re: your order of last week and the ', 'saddle'])
    expect(markedSubject(`Saddle, ${far}`, marks).join('')).toBe(`Saddle, ${far}`)
    expect(markedSubject('short saddle', marks)).toEqual(['short ', 'saddle', ''])
    expect(markedSubject('x'.repeat(200), marks)).toEqual(['x'.repeat(200)])
  })

  test('a snippet shows words, not the marks of quoted lines', () => {
    const { marks } = parseQuery('saddle ')
    expect(markedSnippet('Hello\n> > the saddle\n>\n>> squeaks\nwhen a > b', marks)?.join('')).toBe(
      'Hello the saddle squeaks when a > b',
    )
    expect(markedSnippet('> saddle first', marks)).toEqual(['', 'saddle', ' first'])
  })

  test('a phrase does not hold across other words', () => {
    expect(holds({ phrases: ['one two'], begun: null }, ['One, TWO!'])).toBe(true)
    expect(holds({ phrases: ['one two'], begun: null }, ['one and two', 'two one'])).toBe(false)
    expect(holds({ phrases: ['one two'], begun: null }, ['phone two'])).toBe(false)
  })
})
