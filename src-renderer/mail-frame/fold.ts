import { isAttribution, isForwardedHead, isHeaderBlock } from './attribution'

/** Quotes that stand in an element of their own: only that element is folded. */
const enclosed =
  '.gmail_quote_container, .gmail_quote, blockquote[type="cite" i], .yahoo_quoted, .protonmail_quote, .tutanota_quote, .zmail_extra, #OLK_SRC_BODY_SECTION, blockquote'
/** Marks after which everything is quoted. */
const openEnded =
  '#appendonsend, #divRplyFwdMsg, #mail-editor-reference-message-container, .OutlookMessageHeader, hr#stopSpelling, .moz-cite-prefix'

const textOf = (node: Node): string => (node.textContent ?? '').replace(/\s+/g, ' ').trim()

function rangeText(body: HTMLElement, from: Node | null, to: Node | null): string {
  const range = body.ownerDocument.createRange()
  range.selectNodeContents(body)
  if (from) range.setStartAfter(from)
  if (to) range.setEndBefore(to)
  return range.toString().trim()
}

/** The element or text right before, if it introduces the quote. */
function attributionBefore(start: Node): Node | null {
  let node = start.previousSibling
  let joined = ''
  for (let steps = 0; node && steps < 8; steps++, node = node.previousSibling) {
    joined = `${textOf(node)} ${joined}`.trim()
    if (joined.length > 500) return null
    if (joined !== '' && isAttribution(joined)) return node
  }
  return null
}

function headerBlock(body: HTMLElement): Element | null {
  for (const el of body.querySelectorAll('div, p, td, b, strong, font, span')) {
    const head = textOf(el).slice(0, 40)
    if (!/^\S{2,16}\s?\S{0,12}\s?[:：]/u.test(head)) continue
    const block = el.closest('div, p, td') ?? el
    const lines = linesOf(block)
    if (!isHeaderBlock(lines, 0)) continue
    let top: Element = block
    while (top.parentElement && top.parentElement !== body && rangeText(top.parentElement, null, top) === '')
      top = top.parentElement
    return top
  }
  return null
}

/** The first lines of an element and of what follows it, as a person would see them broken. */
function linesOf(el: Element): string[] {
  let text = ''
  for (let node: Element | null = el, i = 0; node && i < 8; node = node.nextElementSibling, i++) {
    const copy = node.cloneNode(true)
    const holder = el.ownerDocument.createElement('div')
    holder.append(copy)
    for (const part of holder.querySelectorAll('br, p, div, tr, li')) part.before('\n')
    text += `${holder.textContent.slice(0, 1500)}\n`
  }
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function findQuote(body: HTMLElement): { start: Node; end: Node | null } | null {
  const marked = body.querySelector(openEnded)
  const header = headerBlock(body)
  const first =
    marked && header
      ? marked.compareDocumentPosition(header) & Node.DOCUMENT_POSITION_FOLLOWING
        ? marked
        : header
      : (marked ?? header)
  for (const el of body.querySelectorAll(enclosed)) {
    if (first && first.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING) break
    const before = attributionBefore(el)
    const known = !el.matches('blockquote') || el.matches('[type="cite" i], .gmail_quote') || before !== null
    if (known) return { start: before ?? el, end: el }
  }
  return first ? { start: first, end: null } : null
}

/**
 * Puts the quoted part of a message into a closed `<details>`, which opens without any script.
 * Replies between the lines of a quote, and messages that are nothing but quoted text, stay as they are.
 */
export function foldQuote(body: HTMLElement, label: string): void {
  const quote = findQuote(body)
  if (!quote) return
  const { start, end } = quote
  const before = rangeText(body, null, start)
  const after = end ? rangeText(body, end, null) : ''
  const inner = body.ownerDocument.createRange()
  inner.setStartBefore(start)
  if (end) inner.setEndAfter(end)
  else inner.setEnd(body, body.childNodes.length)
  if ((before === '' && after === '') || (before !== '' && after !== '') || isForwardedHead(inner.toString().trim()))
    return

  const details = body.ownerDocument.createElement('details')
  details.className = 'postern-quote'
  const summary = body.ownerDocument.createElement('summary')
  summary.textContent = '…'
  summary.setAttribute('aria-label', label)
  summary.setAttribute('title', label)
  details.append(summary, inner.extractContents())
  inner.insertNode(details)
  trimBefore(details, body)
}

const isBlank = (node: Node): boolean =>
  textOf(node) === '' &&
  (!(node instanceof Element) || (!node.matches(substance) && node.querySelector(substance) === null))
const substance = 'img, hr, table, .postern-missing, details'

/** Blank lines between the writer's last words and the folded quote are taken away: the button needs no gap. */
function trimBefore(details: Element, body: HTMLElement): void {
  let place: Node = details
  while (place.parentNode && place.parentNode !== body && !place.previousSibling) place = place.parentNode
  let last = place.previousSibling
  while (last) {
    if (isBlank(last)) {
      const { previousSibling, parentNode }: Node = last
      last.remove()
      last =
        previousSibling ??
        (parentNode === place.parentNode
          ? null
          : parentNode instanceof Element && isBlank(parentNode)
            ? parentNode
            : null)
    } else last = last instanceof Element && !last.matches('table, ul, ol, pre, details') ? last.lastChild : null
  }
}
