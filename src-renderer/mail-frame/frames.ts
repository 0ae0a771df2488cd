import {
  frameOrigin,
  isFromFrame,
  type FrameKey,
  type FrameTheme,
  type FromFrame,
  type Shown,
  type ToFrame,
} from './protocol'

/**
 * The frames that show HTML mails, each a page on an origin of its own. Making one costs a process start or a page load, so
 * they are kept and lent out: one is warm before it is needed, and a frame moves into a message without being loaded again.
 */

const framePage = `${frameOrigin}/mail-frame.html`
/** Frames kept for later; more than the messages that open at once. */
const kept = 6

export interface FrameListener {
  shown(height: number, remote: string[]): void
  height(height: number): void
  link(url: string, text: string): void
  hover(url: string | null): void
  scroll(top: number): void
}

/** One lent frame. Give it back with `releaseFrame`. */
export class MailFrame {
  readonly element = document.createElement('iframe')
  private ready = false
  private n = 0
  private asks = 0
  private waiting: ToFrame[] = []
  private readonly answers = new Map<number, (text: string) => void>()
  private listener: FrameListener | null = null

  constructor() {
    const { element } = this
    element.setAttribute('sandbox', 'allow-scripts allow-same-origin')
    element.referrerPolicy = 'no-referrer'
    element.className = 'mail-frame'
    element.src = framePage
  }

  /** Shows a mail; what the frame tells about it goes to the listener. */
  show(what: Omit<Shown, 'n'>, listener: FrameListener): void {
    this.listener = listener
    this.n += 1
    this.setScheme(what.theme.dark)
    this.post({ type: 'show', n: this.n, ...what })
  }

  addImages(parts: Record<string, string>, images: Record<string, string>): void {
    this.post({ type: 'images', n: this.n, parts, images })
  }

  setTheme(theme: FrameTheme): void {
    this.post({ type: 'theme', n: this.n, theme })
  }

  /** The scheme of what the frame holds at this moment, not of the page: where the two differ it gets a ground of white or black. */
  private setScheme(dark: boolean): void {
    this.element.style.colorScheme = dark ? 'dark' : 'light'
  }

  /** The text that can be seen in it, without folded quotes (R19). */
  visibleText(): Promise<string> {
    const ask = (this.asks += 1)
    return new Promise((resolve) => {
      this.answers.set(ask, resolve)
      this.post({ type: 'text', n: this.n, ask })
    })
  }

  clear(): void {
    this.listener = null
    this.n += 1
    for (const answer of this.answers.values()) answer('')
    this.answers.clear()
    this.post({ type: 'clear' })
  }

  hear(message: FromFrame): void {
    if (message.type === 'ready') {
      this.ready = true
      const { waiting } = this
      this.waiting = []
      for (const one of waiting) this.post(one)
      return
    }
    if (message.n !== this.n) return
    switch (message.type) {
      case 'shown':
        return this.listener?.shown(message.height, message.remote)
      case 'height':
        return this.listener?.height(message.height)
      case 'scheme':
        return this.setScheme(message.dark)
      case 'link':
        return this.listener?.link(message.url, message.text)
      case 'hover':
        return this.listener?.hover(message.url)
      case 'scroll':
        return this.listener?.scroll(message.top)
      case 'key':
        return pressKey(this.element, message)
      case 'pointer':
        this.element.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
        return
      case 'text':
        this.answers.get(message.ask)?.(message.text)
        this.answers.delete(message.ask)
    }
  }

  private post(message: ToFrame): void {
    if (this.ready) this.element.contentWindow?.postMessage(message, frameOrigin)
    else this.waiting.push(message)
  }
}

function pressKey(element: HTMLElement, { key, code, ctrlKey, metaKey, shiftKey, altKey }: FrameKey): void {
  element.dispatchEvent(
    new KeyboardEvent('keydown', { key, code, ctrlKey, metaKey, shiftKey, altKey, bubbles: true, cancelable: true }),
  )
}

const idle: MailFrame[] = []
const all = new Set<MailFrame>()
let store: HTMLElement | null = null

function listen(event: MessageEvent): void {
  if (event.origin !== frameOrigin || !isFromFrame(event.data)) return
  for (const frame of all) if (frame.element.contentWindow === event.source) return frame.hear(event.data)
}

function storage(): HTMLElement {
  if (store?.isConnected) return store
  store = document.createElement('div')
  store.className = 'mail-frames'
  store.setAttribute('aria-hidden', 'true')
  document.body.append(store)
  window.addEventListener('message', listen)
  return store
}

function makeFrame(): MailFrame {
  const frame = new MailFrame()
  all.add(frame)
  storage().append(frame.element)
  return frame
}

/** Keeps one frame ready for the first HTML message. Call when the window has nothing better to do. */
export function warmFrame(): void {
  if (idle.length === 0) idle.push(makeFrame())
}

/** Takes a frame and puts it into `slot`, which must be in the document. */
export function takeFrame(slot: HTMLElement): MailFrame {
  const frame = idle.pop() ?? makeFrame()
  slot.moveBefore(frame.element, null)
  return frame
}

/** Throws a frame away that does not answer: its mail was too much for it, or its process is gone, and idle ones with it. */
export function discardFrame(frame: MailFrame): void {
  for (const one of [frame, ...idle.splice(0)]) {
    all.delete(one)
    one.element.remove()
  }
}

/** Gives a frame back; its message is gone from it. */
export function releaseFrame(frame: MailFrame): void {
  if (!all.has(frame)) return
  frame.clear()
  if (idle.length < kept && frame.element.isConnected) {
    storage().moveBefore(frame.element, null)
    idle.push(frame)
  } else {
    all.delete(frame)
    frame.element.remove()
  }
}
