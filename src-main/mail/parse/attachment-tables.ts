/** What is known of kinds of files: by the ends of their names and by how their content begins. */

const names = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/** Opening one runs it, or starts what runs. */
export const programs = names(`
  exe com scr pif cpl msi msp mst msix appx dll sys drv ocx gadget bat cmd ps1 ps1xml ps2 psm1 psc1 psd1 vb vbe vbs
  js jse mjs ws wsf wsc wsh hta jar jnlp lnk url website inf reg scf sct shb shs chm hlp mht mhtml application
  appref-ms ade adp mde mda mdb accde iqy slk xll xla xlam ppam ppa wll settingcontent-ms library-ms search-ms
  diagcab theme themepack rdp sh bash zsh csh fish run bin elf desktop appimage deb rpm snap flatpak command tool
  workflow action scpt applescript osascript terminal fileloc inetloc webloc mobileconfig app pkg mpkg py pyc pyw
  pyz pl rb php lua tcl class apk ipa xpi crx vsix iso img vhd vhdx dmg udf cab one onepkg
`)
/** Pages: they may hold scripts. */
export const pages = names('htm html shtml xhtml xht svg svgz xsl xslt swf')
/** Office files with macros. */
export const macros = names('docm dotm xlsm xltm xlsb pptm potm ppsm sldm')
export const archives = names('zip rar 7z ace arj lzh gz tgz bz2 xz tar z zst')
/** Office files that may have macros; their names do not tell. */
export const oldOffice = names('doc dot xls xlt ppt pot pps')

export const typeByExtension: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  heic: 'image/heic',
  avif: 'image/avif',
  ico: 'image/x-icon',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  ics: 'text/calendar',
  vcf: 'text/vcard',
  htm: 'text/html',
  html: 'text/html',
  xml: 'application/xml',
  json: 'application/json',
  eml: 'message/rfc822',
  doc: 'application/msword',
  xls: 'application/vnd.ms-excel',
  ppt: 'application/vnd.ms-powerpoint',
  rtf: 'application/rtf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  docm: 'application/vnd.ms-word.document.macroenabled.12',
  xlsm: 'application/vnd.ms-excel.sheet.macroenabled.12',
  pptm: 'application/vnd.ms-powerpoint.presentation.macroenabled.12',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odp: 'application/vnd.oasis.opendocument.presentation',
  zip: 'application/zip',
  gz: 'application/gzip',
  tgz: 'application/gzip',
  '7z': 'application/x-7z-compressed',
  rar: 'application/vnd.rar',
  tar: 'application/x-tar',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  m4a: 'audio/mp4',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  avi: 'video/x-msvideo',
  exe: 'application/vnd.microsoft.portable-executable',
  dll: 'application/vnd.microsoft.portable-executable',
  msi: 'application/x-msi',
  jar: 'application/java-archive',
  js: 'text/javascript',
  sh: 'application/x-sh',
  p7s: 'application/pkcs7-signature',
  asc: 'application/pgp-signature',
}

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0))
/** How a file of a type begins; `at`: the offset of these bytes, 0 where none is given. The first that fits counts. */
export const magics: readonly { readonly at?: number; readonly bytes: readonly number[]; readonly type: string }[] = [
  { bytes: ascii('%PDF-'), type: 'application/pdf' },
  { bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], type: 'image/png' },
  { bytes: [0xff, 0xd8, 0xff], type: 'image/jpeg' },
  { bytes: ascii('GIF87a'), type: 'image/gif' },
  { bytes: ascii('GIF89a'), type: 'image/gif' },
  { bytes: ascii('BM'), type: 'image/bmp' },
  { bytes: [0x49, 0x49, 0x2a, 0], type: 'image/tiff' },
  { bytes: [0x4d, 0x4d, 0, 0x2a], type: 'image/tiff' },
  { bytes: [0, 0, 1, 0], type: 'image/x-icon' },
  { at: 4, bytes: ascii('ftypavif'), type: 'image/avif' },
  { at: 4, bytes: ascii('ftypheic'), type: 'image/heic' },
  { at: 4, bytes: ascii('ftypmif1'), type: 'image/heic' },
  { at: 4, bytes: ascii('ftypqt'), type: 'video/quicktime' },
  { at: 4, bytes: ascii('ftyp'), type: 'video/mp4' },
  { at: 8, bytes: ascii('WEBP'), type: 'image/webp' },
  { bytes: ascii('MZ'), type: 'application/vnd.microsoft.portable-executable' },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], type: 'application/x-elf' },
  { bytes: [0xcf, 0xfa, 0xed, 0xfe], type: 'application/x-mach-binary' },
  { bytes: [0xca, 0xfe, 0xba, 0xbe], type: 'application/x-mach-binary' },
  { bytes: ascii('#!'), type: 'text/x-script' },
  { bytes: [0x4c, 0, 0, 0, 1, 0x14, 2, 0], type: 'application/x-ms-shortcut' },
  { bytes: [0x50, 0x4b, 3, 4], type: 'application/zip' },
  { bytes: [0x50, 0x4b, 5, 6], type: 'application/zip' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], type: 'application/x-ole-storage' },
  { bytes: [0x1f, 0x8b], type: 'application/gzip' },
  { bytes: ascii('Rar!'), type: 'application/vnd.rar' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], type: 'application/x-7z-compressed' },
  { bytes: ascii('MSCF'), type: 'application/vnd.ms-cab-compressed' },
  { bytes: ascii('{\\rtf'), type: 'application/rtf' },
  { bytes: ascii('ID3'), type: 'audio/mpeg' },
  { bytes: ascii('OggS'), type: 'audio/ogg' },
  { at: 8, bytes: ascii('WAVE'), type: 'audio/wav' },
  { at: 32769, bytes: ascii('CD001'), type: 'application/x-iso9660-image' },
  { at: 257, bytes: ascii('ustar'), type: 'application/x-tar' },
]
/** The same by type. */
export const programTypes = names(`
  application/vnd.microsoft.portable-executable application/x-elf application/x-mach-binary text/x-script
  application/x-ms-shortcut application/x-iso9660-image application/vnd.ms-cab-compressed text/html
  application/xhtml+xml image/svg+xml text/javascript application/javascript application/x-javascript
  application/java-archive application/x-msdownload application/x-msdos-program application/hta application/x-sh
  application/x-shellscript
`)
