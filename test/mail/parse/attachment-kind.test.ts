import { describe, expect, test } from 'vitest'
import type { ParsedMessage } from '../../../src-preload/contract/internal'
import { multipart, parse, part } from './parsing'

describe('attachments are what they are, not what they say (R22)', () => {
  const attachment = async (
    name: string,
    type: string,
    content: Buffer,
  ): Promise<ParsedMessage['attachments'][number] | undefined> =>
    (
      await parse(
        multipart(
          'mixed',
          part(['Content-Type: text/plain'], 'x'),
          part(
            [
              `Content-Type: ${type}`,
              'Content-Transfer-Encoding: base64',
              `Content-Disposition: attachment; filename="${name}"`,
            ],
            content.toString('base64'),
          ),
        ),
      )
    ).attachments[0]
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  test.each([
    ['plan.pdf', 'application/octet-stream', Buffer.from('%PDF-1.7\n%%EOF'), 'application/pdf', false],
    ['photo.png', 'application/octet-stream', png, 'image/png', false],
    ['notes.txt', 'text/plain', Buffer.from('hello'), 'text/plain', false],
    ['list.csv', 'application/octet-stream', Buffer.from('a,b'), 'text/csv', false],
    ['invoice.pdf', 'application/pdf', Buffer.from('MZ\x90\0'), 'application/vnd.microsoft.portable-executable', true],
    ['invoice.pdf.exe', 'application/pdf', Buffer.from('MZ'), 'application/vnd.microsoft.portable-executable', true],
    ['page.html', 'text/html', Buffer.from('<html><script>1</script>'), 'text/html', true],
    ['pic.png', 'image/png', Buffer.from('<html><body>'), 'text/html', true],
    ['logo.svg', 'image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">'), 'image/svg+xml', true],
    [
      'letter.docm',
      'application/octet-stream',
      Buffer.from('PK'),
      'application/vnd.ms-word.document.macroenabled.12',
      true,
    ],
    ['gif.gif', 'image/gif', Buffer.from('GIF89a/*<script>alert(1)</script>*/'), 'image/gif', true],
    ['run.js', 'text/plain', Buffer.from('x'), 'text/plain', true],
    ['shortcut.lnk', 'image/png', Buffer.from('L'), 'application/octet-stream', true],
    ['disk.iso', 'application/octet-stream', Buffer.from('x'), 'application/octet-stream', true],
  ])('%s as %s', async (name, type, content, seen, dangerous) => {
    expect(await attachment(name, type, content)).toMatchObject({ name, type: seen, dangerous, size: content.length })
  })
  test('a zip with a program inside is dangerous, one with a picture is not', async () => {
    const zip = (name: string): Buffer => {
      const central = Buffer.alloc(46 + name.length)
      central.writeUInt32LE(0x02014b50, 0)
      central.writeUInt16LE(name.length, 28)
      central.write(name, 46)
      const end = Buffer.alloc(22)
      end.writeUInt32LE(0x06054b50, 0)
      end.writeUInt32LE(4, 16)
      return Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), central, end])
    }
    expect(await attachment('a.zip', 'application/zip', zip('photo.jpg'))).toMatchObject({
      type: 'application/zip',
      dangerous: false,
    })
    expect(await attachment('a.zip', 'application/zip', zip('photo.jpg.exe'))).toMatchObject({ dangerous: true })
    expect(await attachment('a.docx', 'application/zip', zip('word/vbaProject.bin'))).toMatchObject({ dangerous: true })
  })
  test('a name has no path, no control and no bidi character (R21)', async () => {
    expect((await attachment('..\\..\\x/etc/pass\u202egpj.exe', 'image/png', png))?.name).toBe('passgpj.exe')
  })
  test('inline pictures are told apart from attachments', async () => {
    const related = multipart(
      'related',
      part(['Content-Type: text/html'], '<img src="cid:pic@x">'),
      part(
        [
          'Content-Type: image/png',
          'Content-ID: <pic@x>',
          'Content-Disposition: inline; filename=p.png',
          'Content-Transfer-Encoding: base64',
        ],
        png.toString('base64'),
      ),
    )
    expect((await parse(related)).attachments).toMatchObject([{ inline: true, contentId: 'pic@x', type: 'image/png' }])
  })
})
