import { decodeEntities } from './html-entities'

/** The tags of hostile HTML: how one is read, and which elements stand for what in the text of a page. */

const names = (list: string): ReadonlySet<string> => new Set(list.split(' '))

/** They have no content. */
export const voids = names('area base br col embed hr img input link meta param source track wbr')
/** Their content is no text of the page. */
export const rawText = names(
  'script style title textarea xmp iframe noembed noframes template object svg math select audio video',
)
/** An empty line stands around them. */
export const paragraphs = names('p h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote table hr fieldset')
/** They begin a line of their own. */
export const blocks = names(
  'div tr li dt dd section article header footer main aside nav address center form figure figcaption caption tbody thead tfoot body',
)
/** Only structure that plain text has too. */
export const plainTags = names(
  'html head meta title body p div br span b i u strong em a blockquote ul ol li pre wbr o:p',
)

export interface Tag {
  readonly name: string
  readonly closing: boolean
  readonly attributes: ReadonlyMap<string, string> | null
  readonly end: number
}

/** Reads the tag at `<`; null when it is none. A tag that the end of the text cuts off swallows the rest, as in browsers. */
export function readTag(html: string, open: number): Tag | null {
  let at = open + 1
  const closing = html.charCodeAt(at) === 0x2f
  if (closing) at += 1
  if (!isLetter(html.charCodeAt(at))) return null
  const start = at
  while (at < html.length && !isTagNameEnd(html.charCodeAt(at))) at += 1
  const name = html.slice(start, at).toLowerCase()
  if (html.charCodeAt(at) === 0x3e) return { name, closing, attributes: null, end: at + 1 }
  const attributes = new Map<string, string>()
  for (;;) {
    while (at < html.length && (isSpace(html.charCodeAt(at)) || html.charCodeAt(at) === 0x2f)) at += 1
    if (at >= html.length) return { name, closing, attributes, end: html.length }
    if (html.charCodeAt(at) === 0x3e) return { name, closing, attributes, end: at + 1 }
    const keyStart = at
    at += 1
    while (at < html.length && !isTagNameEnd(html.charCodeAt(at)) && html.charCodeAt(at) !== 0x3d) at += 1
    const key = html.slice(keyStart, at).toLowerCase()
    while (at < html.length && isSpace(html.charCodeAt(at))) at += 1
    let value = ''
    if (html.charCodeAt(at) === 0x3d) {
      at += 1
      while (at < html.length && isSpace(html.charCodeAt(at))) at += 1
      const quote = html.charCodeAt(at)
      if (quote === 0x22 || quote === 0x27) {
        const end = html.indexOf(html.charAt(at), at + 1)
        if (end === -1) return { name, closing, attributes, end: html.length }
        value = html.slice(at + 1, end)
        at = end + 1
      } else {
        const valueStart = at
        while (at < html.length && !isSpace(html.charCodeAt(at)) && html.charCodeAt(at) !== 0x3e) at += 1
        value = html.slice(valueStart, at)
      }
    }
    if (attributes.size < 100 && !attributes.has(key)) attributes.set(key, decodeEntities(value))
  }
}

function isLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a
}
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d || code === 0x0c
}
function isTagNameEnd(code: number): boolean {
  return code === 0x3e || code === 0x2f || isSpace(code)
}
