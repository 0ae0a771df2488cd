import { decodeEntities } from './html-entities'
import { isHidden, isPlainStyle, referencesIn } from './html-style'
import { blocks, paragraphs, plainTags, rawText, readTag, voids, type Tag } from './html-tags'
import { WordCompare } from './message-text'

/** What a person would read in an HTML body, and what it would fetch. Found in one pass, linear in its length. */
export interface HtmlView {
  /** The words, made when asked for. */
  text(): string
  /** true: the same words as the text that it was compared with. */
  readonly same: boolean
  /** true: only structure that plain text has too. */
  readonly plain: boolean
  /** Remote references of any kind. */
  readonly remoteCount: number
  /** Addresses of remote images, at most 500, each once. */
  readonly remoteUrls: string[]
}

const mostUrls = 500

/** `beside` is the message's own plain text, to be compared with. */
export function viewHtml(html: string, beside: string | null = null): HtmlView {
  return new Walk(html, beside === null ? null : new WordCompare(beside)).run()
}

class Walk {
  private readonly out: string[] = []
  private readonly urls = new Set<string>()
  private remoteCount = 0
  private plain = true
  private pendingBreaks = 0
  private atLineStart = true
  private quoteDepth = 0
  private preDepth = 0
  private hidden: { name: string; depth: number } | null = null
  private link: { target: string; from: number } | null = null

  constructor(
    private readonly html: string,
    private readonly compare: WordCompare | null,
  ) {}

  run(): HtmlView {
    const { html } = this
    let at = 0
    while (at < html.length) {
      const open = html.indexOf('<', at)
      if (open === -1) {
        this.text(html.slice(at))
        break
      }
      if (open > at) this.text(html.slice(at, open))
      at = this.markup(open)
    }
    const text = (): string =>
      this.out
        .join('')
        .split('\n')
        .map((line) => line.trimEnd())
        .join('\n')
        .trimEnd()
    return {
      text,
      same: this.compare?.same() ?? false,
      plain: this.plain,
      remoteCount: this.remoteCount,
      remoteUrls: [...this.urls],
    }
  }

  /** Handles what begins with `<`; returns where it ends. */
  private markup(open: number): number {
    const { html } = this
    if (html.startsWith('<!--', open)) {
      // <!--> and <!---> are whole comments.
      if (html.startsWith('<!-->', open)) return open + 5
      const end = html.indexOf('-->', open + 4)
      return end === -1 ? html.length : end + 3
    }
    const next = html.charCodeAt(open + 1)
    if (next === 0x21 || next === 0x3f) {
      const end = html.indexOf('>', open)
      return end === -1 ? html.length : end + 1
    }
    const tag = readTag(html, open)
    if (!tag) {
      this.text('<')
      return open + 1
    }
    if (tag.closing) this.close(tag.name)
    else return this.open(tag)
    return tag.end
  }

  private open(tag: Tag): number {
    const { name, attributes } = tag
    if (this.plain && !plainTags.has(name)) this.plain = false
    if (attributes) this.attributes(name, attributes)
    let end = tag.end
    if (rawText.has(name)) {
      const content = this.rawContent(name, end)
      if (name === 'style') this.css(this.html.slice(end, content.start))
      else if (name === 'audio' || name === 'video' || name === 'object' || name === 'svg')
        this.nested(this.html.slice(end, content.start))
      end = content.end
    }
    if (this.hidden) {
      if (this.hidden.name === 'p' && (paragraphs.has(name) || blocks.has(name))) this.hidden = null
      else {
        if (this.hidden.name === name && !voids.has(name)) this.hidden.depth += 1
        return end
      }
    }
    if (attributes && !voids.has(name) && !rawText.has(name) && isHidden(attributes)) {
      this.hidden = { name, depth: 1 }
      this.plain = false
      return end
    }
    this.layout(name, true)
    if (name === 'blockquote') this.quoteDepth += 1
    if (name === 'pre') this.preDepth += 1
    if (name === 'li') this.text('• ')
    if (name === 'a') this.link = { target: attributes?.get('href') ?? '', from: this.out.length }
    if (name === 'img') {
      const alt = attributes?.get('alt')?.trim() ?? ''
      if (alt !== '') this.text(`[${alt}]`)
    }
    return end
  }

  private close(name: string): void {
    if (this.hidden) {
      if (this.hidden.name === name) {
        this.hidden.depth -= 1
        if (this.hidden.depth === 0) this.hidden = null
      }
      return
    }
    if (name === 'a' && this.link) {
      if (this.plain && !sameAsTarget(this.out.slice(this.link.from).join(''), this.link.target)) this.plain = false
      this.link = null
    }
    if (name === 'pre' && this.preDepth > 0) this.preDepth -= 1
    this.layout(name, false)
    if (name === 'blockquote' && this.quoteDepth > 0) this.quoteDepth -= 1
  }

  private layout(name: string, opening: boolean): void {
    if (name === 'br') {
      if (this.out.length > 0) this.pendingBreaks += 1
      this.atLineStart = true
    } else if (paragraphs.has(name)) this.breaks(2)
    else if (blocks.has(name)) this.breaks(1)
    else if ((name === 'td' || name === 'th') && opening && !this.atLineStart) this.out.push(' ')
  }

  private breaks(count: number): void {
    if (this.out.length > 0) this.pendingBreaks = Math.max(this.pendingBreaks, count)
    this.atLineStart = true
  }

  private text(raw: string): void {
    if (this.hidden) return
    let text = decodeEntities(raw)
    if (this.preDepth === 0) {
      // Single spaces, which are most of the white space there is, stay as they are.
      text = text.replace(/[\t\n\r\f][ \t\n\r\f]*| [ \t\n\r\f]+/g, ' ')
      if (this.atLineStart || this.pendingBreaks > 0) text = text.startsWith(' ') ? text.slice(1) : text
    }
    if (text === '') return
    if (this.pendingBreaks > 0) {
      this.out.push('\n'.repeat(Math.min(this.pendingBreaks, 3)))
      this.pendingBreaks = 0
      this.atLineStart = true
    }
    if (this.quoteDepth > 0) {
      const prefix = '> '.repeat(Math.min(this.quoteDepth, 8))
      if (this.atLineStart) this.out.push(prefix)
      if (text.includes('\n')) text = text.replaceAll('\n', `\n${prefix}`)
    }
    this.out.push(text)
    this.compare?.take(text)
    this.atLineStart = false
  }

  /** The closing tag of an element whose content is no text of the page. */
  private rawContent(name: string, from: number): { start: number; end: number } {
    const closing = new RegExp(`</${name}(?=[\\s/>])`, 'gi')
    closing.lastIndex = from
    const match = closing.exec(this.html)
    // An element that is never closed is no reason to lose the rest of a message, except where browsers do so too.
    if (!match)
      return ['script', 'style', 'title', 'textarea', 'xmp', 'iframe', 'noembed', 'noframes'].includes(name)
        ? { start: this.html.length, end: this.html.length }
        : { start: from, end: from }
    const end = this.html.indexOf('>', match.index)
    return { start: match.index, end: end === -1 ? this.html.length : end + 1 }
  }

  /** Looks for references inside an element that is not read otherwise. */
  private nested(content: string): void {
    for (let at = content.indexOf('<'); at !== -1; at = content.indexOf('<', at)) {
      const tag = readTag(content, at)
      if (tag?.attributes) this.attributes(tag.name, tag.attributes)
      at = tag ? tag.end : at + 1
    }
  }

  private attributes(tag: string, attributes: ReadonlyMap<string, string>): void {
    for (const [name, value] of attributes) {
      if (name === 'src' || name === 'background' || name === 'poster' || name === 'lowsrc' || name === 'dynsrc')
        this.remote(value, tag !== 'script' && tag !== 'iframe' && tag !== 'frame')
      else if (name === 'srcset' || name === 'imagesrcset')
        for (const candidate of value.split(',').slice(0, 50)) this.remote(candidate.trim().split(/\s/)[0] ?? '', true)
      else if (
        (name === 'href' || name === 'xlink:href') &&
        (tag === 'link' || tag === 'image' || tag === 'use' || tag === 'feimage')
      )
        this.remote(value, tag === 'image')
      else if (name === 'data' && tag === 'object') this.remote(value, false)
      else if (name === 'style') {
        this.css(value)
        if (this.plain && !isPlainStyle(value)) this.plain = false
      } else if (this.plain && (name === 'bgcolor' || name === 'color' || name === 'face')) this.plain = false
      if (name === 'background') this.plain = false
    }
  }

  private css(css: string): void {
    for (const { target, image } of referencesIn(css)) this.remote(target, image)
  }

  private remote(reference: string, image: boolean): void {
    // Browsers drop tabs and line ends inside an address.
    const url = reference.replace(/[\t\n\r]/g, '').trim()
    const absolute = /^(?:https?:)?[\\/]{2}/i.test(url) ? url.replace(/^[\\/]{2}/, 'https://') : null
    if (absolute === null) return
    this.remoteCount += 1
    this.plain = false
    if (image && this.urls.size < mostUrls && absolute.length <= 4096 && URL.canParse(absolute))
      this.urls.add(new URL(absolute).href)
  }
}

function sameAsTarget(text: string, target: string): boolean {
  const bare = (value: string): string =>
    value
      .trim()
      .toLowerCase()
      .replace(/^(?:mailto:|tel:|https?:\/\/)/, '')
      .replace(/^www\./, '')
      .replace(/\/$/, '')
      .replace(/\s+/g, '')
  return bare(text) === bare(target)
}
