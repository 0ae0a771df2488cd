import { hasOwnColours, stripColours } from './colours'
import { foldQuote } from './fold'
import { innerPolicy, innerStyle } from './inner-style'
import { fromApp, tellApp, type FrameKey, type FrameTheme, type Shown, type ToFrame } from './protocol'
import { sanitise, type Sanitised } from './sanitise'
import { visibleText } from './visible-text'

/**
 * The page that shows one mail. It is ours and trusted, lives on an origin of its own with no network and no bridge, and
 * puts the sanitised mail into an inner frame in which no script can run (R11). It knows nothing but the mail it is given.
 */

interface Showing {
  shown: Shown
  clean: Sanitised
  frame: HTMLIFrameElement
  body: HTMLElement
  paper: string
  /** The mail brings colours of its own. */
  own: boolean
  /** The style under the mail's own. */
  ground: HTMLStyleElement | null
  height: number
  observer: ResizeObserver
}

/** A mail cannot make the conversation endless; what is longer scrolls inside. CSS pixels. */
const highest = 60_000
let current: Showing | null = null
let next: Showing | null = null

function measure(showing: Showing): number {
  const root = showing.frame.contentDocument?.documentElement
  const inner = showing.frame.contentWindow
  if (!root || !inner) return 0
  const bar = Math.max(0, inner.innerHeight - root.clientHeight)
  return Math.min(highest, Math.ceil(root.getBoundingClientRect().height) + (bar < 30 ? bar : 0))
}

function fit(showing: Showing): void {
  const height = measure(showing)
  if (height === showing.height) return
  showing.height = height
  showing.frame.style.blockSize = `${height}px`
  tellApp({ type: 'height', n: showing.shown.n, height })
}

/** Keys that the mail itself needs: copying, selecting, scrolling, going from link to link. */
function staysInside(event: KeyboardEvent): boolean {
  if (/^(?:Tab|Shift|Control|Alt|Meta|Arrow.*|Page.*|Home|End| )$/.test(event.key))
    return !event.ctrlKey && !event.metaKey && event.key !== 'F6'
  return (event.ctrlKey || event.metaKey) && /^[ac]$/i.test(event.key)
}

/** A node that the sanitiser made keeps our realm's prototype after it moved; the browser may later give it the inner one. */
function elementOf(target: EventTarget | null, doc: Document): Element | null {
  if (target instanceof Element) return target
  const inner = doc.defaultView
  return inner && target instanceof inner.Element ? target : null
}

function targetOf(showing: Showing, link: HTMLAnchorElement): string | undefined {
  return showing.clean.links[Number(link.getAttribute('href')?.slice(1))]
}

function follow(showing: Showing, link: HTMLAnchorElement): void {
  const url = targetOf(showing, link)
  if (url === undefined) return
  if (!url.startsWith('#'))
    return tellApp({ type: 'link', n: showing.shown.n, url, text: link.innerText.trim().slice(0, 2000) })
  const name = decodeURIComponent(url.slice(1))
  const place = [...showing.body.querySelectorAll('[id],[name]')].find(
    (el) => el.id === name || el.getAttribute('name') === name,
  )
  if (place) tellApp({ type: 'scroll', n: showing.shown.n, top: place.getBoundingClientRect().top })
}

function listen(showing: Showing, doc: Document): void {
  const { n } = showing.shown
  const linkOf = (target: EventTarget | null): HTMLAnchorElement | null =>
    elementOf(target, doc)?.closest<HTMLAnchorElement>('a[href]') ?? null
  const click = (event: MouseEvent): void => {
    const link = linkOf(event.target)
    if (!link) return
    event.preventDefault()
    if (event.type === 'click' || event.button === 1) follow(showing, link)
  }
  doc.addEventListener('click', click, true)
  doc.addEventListener('auxclick', click, true)
  doc.addEventListener('dragstart', (event) => event.preventDefault(), true)
  doc.addEventListener('submit', (event) => event.preventDefault(), true)
  doc.addEventListener('pointerdown', () => tellApp({ type: 'pointer', n }), true)
  let over: string | null = null
  const hover = (link: HTMLAnchorElement | null): void => {
    const url = link ? (targetOf(showing, link) ?? null) : null
    if (url === over) return
    over = url
    tellApp({ type: 'hover', n, url: url?.startsWith('#') ? null : url })
  }
  doc.addEventListener('pointerover', (event) => hover(linkOf(event.target)), true)
  doc.documentElement.addEventListener('pointerleave', () => hover(null))
  doc.addEventListener('focusin', (event) => hover(linkOf(event.target)), true)
  doc.addEventListener('focusout', () => hover(null), true)
  doc.addEventListener(
    'keydown',
    (event) => {
      const opens = linkOf(event.target) ?? elementOf(event.target, doc)?.localName === 'summary'
      if (!((event.key === 'Enter' || event.key === ' ') && opens)) hearKey(event, n)
    },
    true,
  )
}

/** Hands a key that the mail has no use for to the app. */
function hearKey(event: KeyboardEvent, n: number): void {
  if (event.isComposing || staysInside(event)) return
  const { key, code, ctrlKey, metaKey, shiftKey, altKey } = event satisfies FrameKey
  if (ctrlKey || metaKey || altKey || key.startsWith('F')) event.preventDefault()
  tellApp({ type: 'key', n, key, code, ctrlKey, metaKey, shiftKey, altKey })
}

function close(showing: Showing | null): void {
  showing?.observer.disconnect()
  showing?.frame.remove()
}

function fill(showing: Showing, doc: Document): void {
  const { shown, clean } = showing
  const own = hasOwnColours(clean.body, clean.sheets)
  showing.own = own
  const onPaper = shown.theme.dark && own
  const sheets = shown.theme.dark && !own ? stripColours(clean.body, clean.sheets) : clean.sheets
  for (const css of [innerStyle(shown.theme, onPaper), ...sheets]) {
    const style = doc.createElement('style')
    style.textContent = css
    doc.head.append(style)
    showing.ground ??= style
  }
  if (shown.foldQuotes) foldQuote(clean.body, shown.labels.showQuote)
  for (const { name, value } of clean.body.attributes) if (name !== 'class') showing.body.setAttribute(name, value)
  if (clean.body.className) showing.body.className = clean.body.className
  showing.body.replaceChildren(...clean.body.childNodes)
  showing.paper = onPaper || !shown.theme.dark ? 'rgb(255, 255, 255)' : 'rgb(35, 34, 32)'
}

/**
 * Gives the mail that stands the colours of another theme, all in one picture: a frame of another colour scheme than what is
 * around it gets an opaque ground from the browser, so page, mail and, told by `scheme`, the frame change together. Black text
 * that the sender's program wrote gives way when the mail is built anew right after.
 */
function recolour({ shown, own, ground }: Showing, theme: FrameTheme): void {
  document.documentElement.style.colorScheme = theme.dark ? 'dark' : 'light'
  if (ground) ground.textContent = innerStyle(theme, theme.dark && own)
  tellApp({ type: 'scheme', n: shown.n, dark: theme.dark })
}

/** Builds the mail beside the one that stands, and takes its place when it is laid out: no blank moment between. */
function show(shown: Shown): void {
  const clean = sanitise(shown.html, shown)
  document.documentElement.style.colorScheme = shown.theme.dark ? 'dark' : 'light'
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-same-origin')
  frame.title = document.title
  frame.className = 'next'
  frame.srcdoc = `<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="${innerPolicy}"></head><body></body></html>`
  const showing: Showing = {
    shown,
    clean,
    frame,
    body: document.body,
    paper: '',
    own: false,
    ground: null,
    height: 0,
    observer: new ResizeObserver(() => fit(showing)),
  }
  close(next)
  next = showing
  frame.addEventListener(
    'load',
    () => {
      const doc = frame.contentDocument
      if (!doc || next !== showing) return
      showing.body = doc.body
      fill(showing, doc)
      listen(showing, doc)
      close(current)
      current = showing
      next = null
      frame.className = ''
      showing.height = measure(showing)
      frame.style.blockSize = `${showing.height}px`
      showing.observer.observe(doc.documentElement)
      tellApp({ type: 'shown', n: shown.n, height: showing.height, remote: clean.remote })
    },
    { once: true },
  )
  document.body.append(frame)
}

// The app gives the focus to this page, not to the mail in it: after a dialog that a link opened, for one.
document.addEventListener('keydown', (event) => current && hearKey(event, current.shown.n))
window.addEventListener('message', (event: MessageEvent<ToFrame>) => {
  if (!fromApp(event)) return
  const message = event.data
  if (message.type === 'show') {
    close(current)
    current = null
    return show(message)
  }
  if (message.type === 'clear') {
    close(current)
    close(next)
    current = next = null
    return
  }
  const latest = next ?? current
  if (latest?.shown.n !== message.n) return
  if (message.type === 'images')
    show({
      ...latest.shown,
      parts: { ...latest.shown.parts, ...message.parts },
      images: { ...latest.shown.images, ...message.images },
    })
  else if (message.type === 'theme') {
    if (current) recolour(current, message.theme)
    show({ ...latest.shown, theme: message.theme })
  } else if (current)
    tellApp({ type: 'text', n: message.n, ask: message.ask, text: visibleText(current.body, current.paper) })
})
tellApp({ type: 'ready' })
