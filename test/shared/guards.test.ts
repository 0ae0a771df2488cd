import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imageType, safeFileName } from '../../src-main/shared/guards'
import { corpusText, hasCorpus } from '../fixtures/corpora'

const hostile = [
  '../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '/etc/passwd',
  'C:\\boot.ini',
  '.',
  '..',
  '...',
  '',
  ' ',
  '\0',
  'a\0b.txt',
  'con',
  'CON.txt',
  'nul.tar.gz',
  'COM1',
  'lpt9.log',
  'aux.',
  'prn .txt',
  'invoice\u202Efdp.exe',
  'invoice.exe\0\u0300',
  '\u2066x\u2069.txt',
  'a\nb.txt',
  'a\r\nb',
  'tab\there',
  '\u200B.txt',
  'x\u2028y',
  '\uD800.txt',
  '.htaccess',
  'name.',
  'name. . ',
  'a/b',
  'a\u2044b',
  'a\uFF0Fb',
  '\u{10FFFF}',
  `${'é'.repeat(400)}.pdf`,
  `${'x'.repeat(5000)}`,
  `${'😀'.repeat(100)}.tar.gz`,
  `x.${'y'.repeat(400)}`,
  '\u2400',
  'file:///etc/passwd',
  '~/.ssh/id_rsa',
  '-rf',
  '$(id)',
  '%2e%2e%2f',
]

function expectSafe(name: string): void {
  const safe = safeFileName(name)
  expect(safe).not.toBe('')
  expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(255)
  expect(safe).not.toMatch(/[/\\:*?"<>|\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u)
  expect(safe).not.toMatch(/^[. ]|[. ]$/)
  expect(safe).not.toMatch(/^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i)
  expect(safe.isWellFormed()).toBe(true)
  expect(safeFileName(safe)).toBe(safe)
}

describe('safeFileName (R21)', () => {
  it.each(hostile)('lets %j do no harm', (name) => expectSafe(name))

  it('lets no text do harm', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 600 }),
          fc.string({ unit: 'grapheme', maxLength: 600 }),
          fc
            .constantFrom(...hostile)
            .chain((one) => fc.string({ unit: 'binary', maxLength: 20 }).map((tail) => one + tail)),
        ),
        expectSafe,
      ),
      { numRuns: 3000 },
    )
  })

  it('does not change ordinary names', () => {
    for (const name of ['Rechnung 2026-11.pdf', 'фото.jpg', '写真.png', 'a.tar.gz', 'Überweisung (1).docx', 'صورة.png'])
      expect(safeFileName(name)).toBe(name.normalize('NFC'))
  })

  it('does not hide what kind of file it is', () => {
    expect(safeFileName(`${'é'.repeat(400)}.exe`)).toMatch(/\.exe$/)
    expect(safeFileName('invoice\u202Efdp.exe')).toBe('invoicefdp.exe')
  })

  it.skipIf(!hasCorpus('naughty-strings'))('lets no naughty string do harm', () => {
    const strings: unknown = JSON.parse(corpusText('naughty-strings', 'blns.json'))
    if (!Array.isArray(strings)) throw new Error('not a list')
    for (const one of strings) expectSafe(String(one))
  })
})

describe('imageType (R22)', () => {
  it('does not take HTML, SVG or a program for an image', () => {
    for (const text of [
      '<svg xmlns="http://www.w3.org/2000/svg">',
      '<html>',
      'MZ\x90\0',
      '%PDF-1.4',
      '\x7fELF',
      '',
      'BM',
      'BMP is a word',
      'GIF',
      'RIFF....WAVE',
    ])
      expect(imageType(Buffer.from(text, 'latin1'))).toBeNull()
  })
  it('knows the kinds that are shown', () => {
    expect(imageType(Buffer.from('89504e470d0a1a0a0000', 'hex'))).toBe('image/png')
    expect(imageType(Buffer.from('ffd8ffe000', 'hex'))).toBe('image/jpeg')
    expect(imageType(Buffer.from('GIF89a....'))).toBe('image/gif')
    expect(imageType(Buffer.from('RIFF....WEBPVP8 '))).toBe('image/webp')
    expect(imageType(Buffer.from('....ftypavif....'))).toBe('image/avif')
  })
})
