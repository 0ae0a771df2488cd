import { describe, expect, test } from 'vitest'
import { threadMs } from '../../src-main/shared/rest'
import { splitQuotes } from '../../src-renderer/conversation/quotes'
import { ownText } from '../fixtures/own-text'
import { corpusFiles, corpusText, hasCorpus } from '../fixtures/corpora'

const shape = (text: string) =>
  splitQuotes(text)
    .map((part) => part.kind)
    .join(' ')

describe('splitQuotes', () => {
  test.each([
    ['English', 'On Tue, 3 Nov 2026 at 10:31, Ana Ferreira <ana@shop.example> wrote:'],
    [
      'English over two lines',
      'On Mon, Aug 26, 2019 at 4:37 PM The Hiring Engine <\nlong@humanresources.example> wrote:',
    ],
    ['German', 'Am 3. November 2026 um 10:31 schrieb Ana Ferreira <ana@shop.example>:'],
    ['German, name first', 'Ana Ferreira <ana@shop.example> schrieb am Di., 3. Nov. 2026, 10:31:'],
    ['French', 'Le mar. 3 nov. 2026 à 10:31, Ana Ferreira <ana@shop.example> a écrit :'],
    ['Spanish', 'El mar, 3 nov 2026 a las 10:31, Ana Ferreira (<ana@shop.example>) escribió:'],
    ['Italian', 'Il giorno mar 3 nov 2026 alle ore 10:31 Ana Ferreira <ana@shop.example> ha scritto:'],
    ['Portuguese', 'Em ter., 3 de nov. de 2026 às 10:31, Ana Ferreira <ana@shop.example> escreveu:'],
    ['Dutch', 'Op di 3 nov 2026 om 10:31 schreef Ana Ferreira <ana@shop.example>:'],
    ['Swedish', 'Den tis 3 nov. 2026 kl 10:31 skrev Ana Ferreira <ana@shop.example>:'],
    ['Polish', 'wt., 3 lis 2026 o 10:31 Ana Ferreira <ana@shop.example> napisał(a):'],
    ['Russian', 'вт, 3 нояб. 2026 г. в 10:31, Ana Ferreira <ana@shop.example>:'],
    ['Turkish', 'Ana Ferreira <ana@shop.example>, 3 Kas 2026 Sal, 10:31 tarihinde şunu yazdı:'],
    ['Japanese', '2026年11月3日(火) 10:31 Ana Ferreira <ana@shop.example>:'],
  ])('does not show the quoted text as the writer’s own: %s', (_language, line) => {
    expect(ownText(`Yes.\n\n${line}\n> Is it there?\n> Ana\n`)).toBe('Yes.')
    expect(ownText(`Yes.\n\n${line}\n\nIs it there?\nAna\n`)).toBe('Yes.')
  })

  test.each([
    '*On Tue, 3 Nov 2026 at 10:31, Ana <ana@shop.example> wrote:*',
    '---- On Tue, 3 Nov 2026 10:31, Ana <ana@shop.example> wrote ----',
    '-- On Tue, 3 Nov 2026, Ana <ana@shop.example> wrote: --',
    `On Tue, 3 Nov 2026, Ana <ana@shop.example> wrote:${' '.repeat(60)}`,
    'On Tue, 3 Nov 2026, Ana <ana@shop.example> wrote',
  ])('does not miss an attribution for what stands after its colon: %s', (line) => {
    expect(ownText(`Yes.\n\n${line}\n> Is it there?\n`)).toBe('Yes.')
  })

  test.each([
    ['From: Ana <ana@shop.example>\nSent: Tuesday, 3 November 2026 10:31\nTo: Priya\nSubject: Hub\n\nOld'],
    ['Von: Ana <ana@shop.example>\nGesendet: Dienstag, 3. November 2026 10:31\nAn: Priya\nBetreff: Hub\n\nOld'],
    ['De : Ana <ana@shop.example>\nEnvoyé : mardi 3 novembre 2026 10:31\nÀ : Priya\nObjet : Hub\n\nOld'],
    [
      '________________________________\nFrom: Ana <ana@shop.example>\nDate: Tuesday, 3 November 2026\nTo: Priya\n\nOld',
    ],
    ['-----Original Message-----\nOld'],
    ['-----Ursprüngliche Nachricht-----\nOld'],
  ])('does not show an older message under its head as own text', (old) => {
    expect(ownText(`Yes.\n\n${old}`)).toBe('Yes.')
  })

  test('loses no line: the parts give the whole text again', () => {
    const text =
      'Hi\n\nOn 3 Nov 2026, Ana <a@b.example> wrote:\n> one\n> two\n\nunder it\n> three\nend\n\n-- \nPriya\nClub'
    expect(
      splitQuotes(text)
        .map((part) => part.text)
        .join('\n'),
    ).toBe(text)
    expect(shape(text)).toBe('text quote text quote text signature')
  })

  test('does not take everyday words for a quote or a signature', () => {
    for (const text of [
      'On Monday I wrote:\nnothing',
      'From: our warehouse\nwe send daily',
      'We agreed:\n- one\n- two',
      'I need -- really -- both\n--- and this\nmore',
      'On the other hand, 20 of them are fine.\nBye',
    ]) {
      expect(shape(text)).toBe('text')
    }
  })

  test('does not fold a message that is nothing but quoted or forwarded text', () => {
    expect(shape('> all\n> quoted')).toBe('text')
    expect(
      shape(
        'See below.\n\n---------- Forwarded message ---------\nFrom: a@b.example\nDate: today\nSubject: x\nTo: c@d.example\n\nText',
      ),
    ).toBe('text')
  })

  test('does not take time that grows with the square of the text', () => {
    const text = `${'On '.repeat(20_000)}\n${'On 3 Nov 2026 somebody \n'.repeat(20_000)}${'> '.repeat(50_000)}`
    const started = threadMs()
    splitQuotes(text)
    expect(threadMs() - started).toBeLessThan(1500)
  })
})

describe.skipIf(!hasCorpus('crisp-email-reply-parser'))('foreign replies', () => {
  // In this set the reply of most mails is one and the same paragraph, so what must be left is known.
  test('quoted text of other programs and languages is not shown as own text', () => {
    const reply =
      corpusText('crisp-email-reply-parser', 'email_german.txt')
        .split(/\n\s*\n/)[0]
        ?.trim() ?? ''
    const lead = reply.slice(0, 60)
    const mails = corpusFiles('crisp-email-reply-parser', '.txt').filter(({ read }) =>
      read().toString('utf8').startsWith(lead),
    )
    const flat = (text: string) => text.replace(/\s+/g, ' ').trim()
    const wrong = mails
      .filter(({ read }) => flat(ownText(read().toString('utf8'))) !== flat(reply))
      .map(({ name }) => name)
    console.info(`reply split: ${mails.length - wrong.length} of ${mails.length} (crisp, same reply)`, wrong.join(' '))
    expect(mails.length).toBeGreaterThan(35)
    expect(wrong.length).toBeLessThanOrEqual(3)
  })

  // Kinds of lines in order, read through by a person.
  test.each([
    ['email_2.txt', 'text quote text quote signature'],
    ['email_6.txt', 'text quote'],
    ['email_bullets.txt', 'text quote signature'],
    ['email_custom_quote_header.txt', 'text quote signature'],
    ['email_blackberry.txt', 'text signature'],
    ['email_emoji.txt', 'text signature'],
    ['email_not_a_signature.txt', 'text'],
    ['email_not_a_signature_2.txt', 'text'],
    ['email_one_is_not_on.txt', 'text quote'],
    ['email_reply_header.txt', 'text quote signature'],
    ['email_thread.txt', 'text quote'],
    ['email_tricky_1_on_false_positive.txt', 'text'],
    ['email_tricky_2_url_with_wrote.txt', 'text'],
    ['email_tricky_3_code_block.txt', 'text'],
    ['email_tricky_4_from_in_body.txt', 'text'],
    ['email_tricky_6_regards_in_sentence.txt', 'text'],
    ['email_tricky_7_multiple_dashes.txt', 'text'],
    ['email_tricky_8_sent_from_in_content.txt', 'text'],
    ['email_tricky_9_nested_quotes.txt', 'text quote'],
    ['email_tricky_13_timestamp_variations.txt', 'text'],
    ['email_tricky_18_inline_reply.txt', 'quote text quote text quote text'],
    ['email_tricky_20_html_entities.txt', 'text quote'],
    ['email_unquoted_reply.txt', 'text quote'],
    ['email_zoho.txt', 'text quote'],
  ])('%s', (name, kinds) => {
    const parts = splitQuotes(corpusText('crisp-email-reply-parser', name)).filter((part) => part.text.trim() !== '')
    expect(parts.map((part) => part.kind).join(' ')).toBe(kinds)
  })

  test('no mail of the sets loses a line or takes longer than 200 ms', () => {
    for (const set of ['crisp-email-reply-parser', 'email-reply-parser-github']) {
      for (const { name, read } of corpusFiles(set, '.txt')) {
        const text = read().toString('utf8').replaceAll('\r\n', '\n')
        const started = threadMs()
        expect(
          splitQuotes(text)
            .map((part) => part.text)
            .join('\n'),
          name,
        ).toBe(text)
        expect(threadMs() - started, name).toBeLessThan(200)
      }
    }
  })
})
