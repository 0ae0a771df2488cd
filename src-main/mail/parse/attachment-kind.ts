import {
  archives,
  macros,
  magics,
  oldOffice,
  pages,
  programs,
  programTypes,
  typeByExtension,
} from './attachment-tables'

/** What an attachment is, decided from its content and name together, never from the header alone (R22). */
export interface AttachmentKind {
  readonly type: string
  readonly dangerous: boolean
}

/** Type and danger of one attachment. Linear in the size of its first bytes; a zip is listed, never unpacked. */
export function attachmentKind(name: string, declared: string, content: Uint8Array): AttachmentKind {
  const extensions = extensionsOf(name)
  const extension = extensions.at(-1) ?? ''
  const seen = typeByContent(content)
  const inZip = seen === 'application/zip' ? zipNames(content) : null
  const byName = typeByExtension[extension]
  const type = decideType(seen, inZip, byName, declared)
  const anywhere = embedded(content)
  const dangerous =
    programs.has(extension) ||
    pages.has(extension) ||
    macros.has(extension) ||
    // report.pdf.exe and report.exe.pdf: the second shows what somebody tried.
    (extensions.length > 1 && extensions.slice(-3).some((one) => programs.has(one))) ||
    programTypes.has(type) ||
    programTypes.has(declared) ||
    (seen !== null && programTypes.has(seen)) ||
    contradicts(seen, byName) ||
    anywhere ||
    (inZip !== null && inZip.some((inside) => isDangerousInside(inside))) ||
    (seen === 'application/x-ole-storage' && hasMacros(content, extension)) ||
    ((seen === 'application/vnd.rar' || seen === 'application/x-7z-compressed' || archives.has(extension)) &&
      inZip === null &&
      archiveNamesProgram(content))
  return { type, dangerous }
}

/** A file name for showing: no path, no control or bidi characters, not empty, at most 200 characters, the extension kept (R21). */
export function displayName(name: string | null, type: string): string {
  const last = (name ?? '').slice(0, 4000).split(/[/\\]/).at(-1) ?? ''
  const clean = last
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\.+|[. ]+$/g, '')
  if (clean === '')
    return type === 'message/rfc822'
      ? 'message.eml'
      : `attachment.${Object.entries(typeByExtension).find(([, one]) => one === type)?.[0] ?? 'bin'}`
  if (clean.length <= 200) return clean
  const dot = clean.lastIndexOf('.')
  const extension = dot > 0 && clean.length - dot <= 20 ? clean.slice(dot) : ''
  return clean.slice(0, 200 - extension.length) + extension
}

function extensionsOf(name: string): string[] {
  return name
    .toLowerCase()
    .replace(/[\s.]+$/, '')
    .split('.')
    .slice(1)
    .map((part) => part.trim())
}

function typeByContent(content: Uint8Array): string | null {
  for (const { at = 0, bytes, type } of magics) {
    if (content.length >= at + bytes.length && bytes.every((byte, index) => content[at + index] === byte)) return type
  }
  const head = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, 1024))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
    .toLowerCase()
  if (
    /^(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^-]{0,300}-->\s*)?(?:<!doctype html|<html|<head|<body|<script|<iframe|<meta )/.test(
      head,
    )
  )
    return 'text/html'
  if (/^(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^-]{0,300}-->\s*)?(?:<!doctype svg[^>]{0,300}>\s*)?<svg[\s>]/.test(head))
    return 'image/svg+xml'
  return null
}

function decideType(
  seen: string | null,
  inZip: readonly string[] | null,
  byName: string | undefined,
  declared: string,
): string {
  if (inZip !== null) {
    if (inZip.some((one) => one.startsWith('word/')))
      return byName?.includes('word') === true ? byName : (typeByExtension['docx'] ?? 'application/zip')
    if (inZip.some((one) => one.startsWith('xl/')))
      return byName?.includes('excel') === true || byName?.includes('spreadsheet') === true
        ? byName
        : (typeByExtension['xlsx'] ?? 'application/zip')
    if (inZip.some((one) => one.startsWith('ppt/')))
      return byName?.includes('p') === true && byName.includes('presentation')
        ? byName
        : (typeByExtension['pptx'] ?? 'application/zip')
    if (inZip.some((one) => one.toUpperCase() === 'META-INF/MANIFEST.MF')) return 'application/java-archive'
    return byName?.startsWith('application/vnd.oasis') === true ? byName : 'application/zip'
  }
  if (seen === 'application/x-ole-storage') return byName ?? seen
  if (seen !== null) return seen
  // A header that promises a picture, a PDF or an archive is not believed when the bytes say nothing of the kind.
  if (
    /^(?:image\/(?!svg)|application\/(?:pdf|zip))/.test(declared) ||
    declared === '' ||
    declared === 'application/octet-stream'
  ) {
    return byName !== undefined && !/^(?:image\/(?!svg)|application\/(?:pdf|zip|vnd\.openxml))/.test(byName)
      ? byName
      : 'application/octet-stream'
  }
  return declared
}

/** Content of one kind under the name of another that opens differently. */
function contradicts(seen: string | null, byName: string | undefined): boolean {
  if (seen === null || byName === undefined || seen === byName) return false
  const family = (type: string): string =>
    type.startsWith('image/')
      ? 'image'
      : /^(?:audio|video)\//.test(type)
        ? 'media'
        : type === 'application/pdf'
          ? 'pdf'
          : 'other'
  return family(byName) !== 'other' && family(seen) !== family(byName)
}

/** Two kinds in one file: a picture or PDF that holds a page with scripts, or a PDF that starts programs. */
function embedded(content: Uint8Array): boolean {
  const start = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, 256 * 1024)).toString(
    'latin1',
  )
  if (start.startsWith('%PDF-'))
    return /\/(?:JavaScript|JS|Launch|EmbeddedFile|OpenAction\s{0,4}<<\s{0,4}\/S\s{0,4}\/(?:JavaScript|Launch))\b/.test(
      start,
    )
  if (/^(?:GIF8|\u0089PNG|\u00ff\u00d8\u00ff|BM)/.test(start))
    return /<script[\s>]|<html[\s>]|<\?php|<iframe[\s>]/i.test(start)
  return false
}

/** Names in a zip's central directory, at most 2,000; null when it has none that can be read. */
function zipNames(content: Uint8Array): string[] | null {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end === -1 || end + 22 > bytes.length) return []
  const names: string[] = []
  let at = bytes.readUInt32LE(end + 16)
  while (names.length < 2000 && at + 46 <= bytes.length && bytes.readUInt32LE(at) === 0x02014b50) {
    const [nameLength, extraLength, commentLength] = [
      bytes.readUInt16LE(at + 28),
      bytes.readUInt16LE(at + 30),
      bytes.readUInt16LE(at + 32),
    ]
    names.push(bytes.toString('utf8', at + 46, Math.min(at + 46 + nameLength, bytes.length)))
    at += 46 + nameLength + extraLength + commentLength
  }
  return names
}

function isDangerousInside(name: string): boolean {
  const extensions = extensionsOf(name)
  const extension = extensions.at(-1) ?? ''
  const inOffice = /^(?:word|xl|ppt|docprops|_rels|customxml)\//i.test(name) || name === '[Content_Types].xml'
  if (/vbaproject\.bin$|macrosheets\//i.test(name)) return true
  if (inOffice) return false
  if (/^(?:meta-inf|mimetype|content\.xml|styles\.xml|meta\.xml|settings\.xml)/i.test(name)) return false
  return programs.has(extension) || macros.has(extension) || pages.has(extension)
}

/** Old Office files: macros live in a storage named VBA or Macros (names are UTF-16 in the directory). */
function hasMacros(content: Uint8Array, extension: string): boolean {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const named = (name: string): boolean => bytes.includes(Buffer.from(`${name}\0`, 'utf16le'))
  return (
    extension === 'msi' ||
    (!oldOffice.has(extension) && extension !== 'msg') ||
    named('_VBA_PROJECT') ||
    named('VBA') ||
    named('Macros')
  )
}

/** Archives that cannot be listed here: a look for the name of a program among their plain bytes. */
function archiveNamesProgram(content: Uint8Array): boolean {
  const start = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, 64 * 1024))
  return /\.(?:exe|scr|js|vbs|bat|cmd|lnk|hta|jar|ps1|com|pif|msi)\b/i.test(
    `${start.toString('latin1')} ${start.toString('utf16le')}`,
  )
}
