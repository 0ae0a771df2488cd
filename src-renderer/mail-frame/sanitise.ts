import DOMPurify, { type Config } from 'dompurify'
import { filterDeclarations, filterSheet, isPlainImage } from './css'

/**
 * Turns the HTML of a mail into nodes that cannot run, load, submit or leave (R11, R12, R15, R16, R19).
 * The result is handed over as nodes, never as text that is parsed again, so nothing can change its meaning on the way.
 */

export interface Sanitised {
  /** A `body` element with the allowed content. */
  body: HTMLElement
  /** Filtered style sheets, in order. */
  sheets: string[]
  /** Real targets of the links; a link's own `href` is `#` and its index here, so the browser can do nothing with it. */
  links: string[]
  /** Addresses of the remote images that were left out or filled in. */
  remote: string[]
}

export interface ImageSources {
  parts: Readonly<Record<string, string>>
  images: Readonly<Record<string, string>>
}

const tags = (
  'a abbr acronym address article aside b bdi bdo big blockquote body br caption center cite code col colgroup dd del details dfn dir div dl dt ' +
  'em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark menu nav ol p pre q rp rt ruby s samp section small span strike ' +
  'strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr'
).split(' ')
const attributes = (
  'abbr align alt aria-hidden aria-label bgcolor border bordercolor cellpadding cellspacing class clear color cols colspan compact dir ' +
  'face headers height hidden href hspace id lang name noshade nowrap open reversed role rowspan rules scope size span src start style summary text title type ' +
  'valign value vspace width background'
).split(' ')

const config: Config & { RETURN_DOM: true } = {
  ALLOWED_TAGS: tags,
  ALLOWED_ATTR: attributes,
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  // Addresses are decided by the hook below; this pattern lets through only what the hook itself has written.
  ADD_URI_SAFE_ATTR: attributes.filter((name) => name !== 'href' && name !== 'src' && name !== 'background'),
  ALLOWED_URI_REGEXP: /^(?:#[^\s]*|data:image\/(?:png|gif|jpe?g|webp|bmp|x-icon|avif)[;,].*)$/is,
  FORBID_CONTENTS: [
    'script',
    'style',
    'title',
    'head',
    'noscript',
    'template',
    'object',
    'embed',
    'applet',
    'iframe',
    'frame',
    'frameset',
    'noframes',
    'noembed',
    'svg',
    'math',
    'audio',
    'video',
    'canvas',
    'select',
    'textarea',
    'option',
    'datalist',
    'xmp',
    'plaintext',
    'annotation-xml',
    'mglyph',
    'marquee',
    'portal',
    'dialog',
  ],
  KEEP_CONTENT: true,
  RETURN_DOM: true,
  SANITIZE_DOM: true,
}

const remoteAddress = /^\s*(?:https?:)?\/\//i
const tiny = /^\s*[0-3](?:px)?\s*$/

function partName(address: string): string {
  const name = address.replace(/^\s*cid:/i, '').trim()
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** What a link may lead to; everything else loses its `href` and stays as text. */
function linkTarget(href: string): string | null {
  // Browsers drop tabs and newlines inside an address and blanks and controls around it; so do we, before we look.
  const target = href.replace(/[\t\r\n]/g, '').replace(/^[\u0000- ]+|[\u0000- ]+$/g, '')
  return /^(?:https?:\/\/|mailto:|#.)/i.test(target) ? target.slice(0, 8192) : null
}

/** Sanitises one mail. Needs a DOM; loads nothing. */
export function sanitise(html: string, sources: ImageSources): Sanitised {
  const links: string[] = []
  const remote = new Set<string>()

  const source = (address: string): string | null => {
    if (/^\s*cid:/i.test(address)) {
      const data = sources.parts[partName(address)]
      return data !== undefined && isPlainImage(data) ? data : null
    }
    if (remoteAddress.test(address)) {
      const full = address.trim().replace(/^\/\//, 'https://')
      remote.add(full)
      const data = sources.images[full]
      return data !== undefined && isPlainImage(data) ? data : null
    }
    return isPlainImage(address) ? address.trim() : null
  }

  const purify = DOMPurify(window)
  purify.addHook('uponSanitizeAttribute', (node, data) => {
    if (data.attrName === 'style') {
      data.attrValue =
        node instanceof Element && 'style' in node && isStyle(node.style)
          ? filterDeclarations(node.style.cssText, source)
          : ''
      data.keepAttr = data.attrValue !== ''
    } else if (data.attrName === 'href') {
      const target = node.nodeName === 'A' ? linkTarget(data.attrValue) : null
      data.keepAttr = target !== null
      if (target !== null) data.attrValue = `#${links.push(target) - 1}`
    } else if (data.attrName === 'src' || data.attrName === 'background') {
      const kept = data.attrName === 'src' && node.nodeName !== 'IMG' ? null : source(data.attrValue)
      data.keepAttr = kept !== null
      if (kept !== null) data.attrValue = kept
    } else if (data.attrName === 'title' && node.nodeName === 'A') {
      data.keepAttr = false // would be shown beside the pointer, where the real target belongs
    } else if (data.attrName === 'role' && !/^(?:presentation|none|img)$/i.test(data.attrValue)) {
      data.keepAttr = false
    } else if (data.attrName === 'open' || data.attrName === 'aria-hidden') {
      data.keepAttr = node.nodeName === 'DETAILS' && data.attrName === 'open'
    }
  })

  const parsed = new DOMParser().parseFromString(html, 'text/html')
  const sheets = [...parsed.querySelectorAll('style')]
    .map((el) => {
      const css = filterSheet(el.textContent, source)
      const media = el.getAttribute('media')?.trim()
      return media && css ? filterSheet(`@media ${media}{${css}}`, (address) => address) : css
    })
    .filter((css) => css !== '')
  const clean = purify.sanitize(parsed.body, config)
  purify.removeAllHooks()
  const body = clean instanceof HTMLElement ? clean : document.createElement('body')
  flattenTables(body)
  for (const image of body.querySelectorAll('img:not([src])')) putPlaceholder(image)
  return { body, sheets, links, remote: [...remote] }
}

function isStyle(value: unknown): value is CSSStyleDeclaration {
  return value instanceof CSSStyleDeclaration
}

/** Tables inside one another beyond this are laid out as text: the time of their layout doubles with each. */
const deepestTable = 20

function flattenTables(body: HTMLElement): void {
  const depths = new Map<Element, number>()
  for (const table of body.querySelectorAll('table')) {
    if (!body.contains(table)) continue
    const around = table.parentElement?.closest('table')
    const depth = around ? (depths.get(around) ?? 0) + 1 : 1
    if (depth <= deepestTable) depths.set(table, depth)
    else {
      const text = table.ownerDocument.createElement('div')
      text.textContent = table.textContent
      table.replaceWith(text)
    }
  }
}

/** In the place of a picture that is not shown: a quiet box with its alternative text; nothing when it is a tracking dot. */
function putPlaceholder(image: Element): void {
  const size = (name: 'width' | 'height'): string => image.getAttribute(name)?.trim() ?? ''
  if (tiny.test(size('width')) || tiny.test(size('height'))) return image.remove()
  const box = image.ownerDocument.createElement('span')
  box.textContent = image.getAttribute('alt')
  box.setAttribute('style', image.getAttribute('style') ?? '')
  box.className = 'postern-missing'
  for (const name of ['width', 'height'] as const) {
    const value = /^(\d{1,4})(%?)(?:px)?$/.exec(size(name))
    if (value && box.style[name] === '') box.style[name] = `${value[1]}${value[2] || 'px'}`
  }
  image.replaceWith(box)
}
