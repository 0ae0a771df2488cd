/** Why a file is asked about before it is opened; a key of the texts. */
export type DangerKind = 'program' | 'page' | 'office' | 'archive' | 'link' | 'other'

const kinds: readonly [DangerKind, RegExp][] = [
  ['page', /\.(?:x?html?|mht(?:ml)?|svgz?|xml|hta)$|html|svg/i],
  [
    'office',
    /\.(?:do[ct]m|xl[stm]m|xlam|xla|pp[ts]m|pot[mx]|sldm|docx?|xlsx?|pptx?|rtf|od[tsp])$|officedocument|msword|ms-excel|ms-powerpoint/i,
  ],
  ['archive', /\.(?:zip|7z|rar|tar|gz|tgz|bz2|xz|iso|img|dmg|cab|jar|vhdx?)$|zip|compressed|x-tar|iso9660/i],
  ['link', /\.(?:lnk|url|webloc|desktop|library-ms|search-ms|settingcontent-ms|website|scf)$|shortcut/i],
  [
    'program',
    /\.(?:exe|msi|msix|appx?|bat|cmd|com|scr|pif|ps1|vb[se]?|js[e]?|mjs|ws[fh]?|sh|bash|command|app|deb|rpm|apk|pkg|run|py|pl|rb|jar|cpl|dll|sys|reg|inf|chm|gadget|application|appref-ms|workflow|terminal|action)$|executable|x-sh|msdownload|javascript/i,
  ],
]

/** The kind of danger, from name and type together. */
export function dangerOf(file: { name: string; type: string }): DangerKind {
  const subject = file.name.trim()
  return (
    kinds.find(([, pattern]) => pattern.test(subject))?.[0] ??
    kinds.find(([, pattern]) => pattern.test(file.type))?.[0] ??
    'other'
  )
}

/** Whether the app itself shows a preview of it: plain pictures only, never SVG. */
export function isPreviewable(file: { type: string; dangerous: boolean }): boolean {
  return !file.dangerous && /^image\/(?:png|gif|jpe?g|webp|bmp|avif|x-icon)$/i.test(file.type)
}
