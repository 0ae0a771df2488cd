/**
 * What the app page and the frames of what strangers wrote, one of a mail and one of a PDF, say to each other by postMessage. Both
 * ends check the sender's window and origin; `n` is the showing of a mail that a message belongs to, so that late answers of an
 * earlier one are dropped.
 */

const appOrigin = 'postern://app'
/** The origin of everything that shows what strangers wrote. */
export const frameOrigin = 'postern-mail://frame'

/** In a frame: whether a message comes from the app page. */
export const fromApp = (event: MessageEvent): boolean => event.source === window.parent && event.origin === appOrigin

/** In a frame: tells the app page. */
export function tellApp(message: FromFrame | FromPdf): void {
  window.parent.postMessage(message, appOrigin)
}

/** Colours and type of the app's theme, for mails that bring none of their own. */
export interface FrameTheme {
  dark: boolean
  font: string
  text: string
  quiet: string
  link: string
  line: string
  focus: string
}

export interface Shown {
  n: number
  html: string
  theme: FrameTheme
  /** data: URIs of inline parts by Content-ID (without angle brackets). */
  parts: Record<string, string>
  /** data: URIs of remote images that the person allowed, by address. */
  images: Record<string, string>
  /** A forwarded message is not folded: its quote is what it is about. */
  foldQuotes: boolean
  labels: { showQuote: string }
}

export type ToFrame =
  | ({ type: 'show' } & Shown)
  | { type: 'images'; n: number; parts: Record<string, string>; images: Record<string, string> }
  | { type: 'theme'; n: number; theme: FrameTheme }
  | { type: 'text'; n: number; ask: number }
  | { type: 'clear' }

/** A key press that was made inside the frame and may be a shortcut of the app. */
export interface FrameKey {
  key: string
  code: string
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  altKey: boolean
}

export type FromFrame =
  | { type: 'ready' }
  /** The message stands, this many CSS pixels high. `remote`: addresses of remote images it would load if allowed. */
  | { type: 'shown'; n: number; height: number; remote: string[] }
  | { type: 'height'; n: number; height: number }
  /** The mail that stands has the colours of another theme now. */
  | { type: 'scheme'; n: number; dark: boolean }
  | { type: 'link'; n: number; url: string; text: string }
  /** null: the pointer or focus left the link. */
  | { type: 'hover'; n: number; url: string | null }
  /** A link to a place inside the same message: scroll there, `top` CSS pixels below the frame's edge. */
  | { type: 'scroll'; n: number; top: number }
  | ({ type: 'key'; n: number } & FrameKey)
  | { type: 'pointer'; n: number }
  | { type: 'text'; n: number; ask: number; text: string }

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const texts = (value: Record<string, unknown>, ...names: string[]): boolean =>
  names.every((name) => typeof value[name] === 'string')
const numbers = (value: Record<string, unknown>, ...names: string[]): boolean =>
  names.every((name) => Number.isFinite(value[name]))

/** Whether a message really has the form of one from the frame: that page handles hostile bytes, so it is not believed blindly. */
export function isFromFrame(value: unknown): value is FromFrame {
  if (!isObject(value)) return false
  if (value['type'] === 'ready') return true
  if (!numbers(value, 'n')) return false
  switch (value['type']) {
    case 'shown':
      return (
        numbers(value, 'height') &&
        Array.isArray(value['remote']) &&
        value['remote'].every((address) => typeof address === 'string')
      )
    case 'height':
      return numbers(value, 'height')
    case 'scheme':
      return typeof value['dark'] === 'boolean'
    case 'scroll':
      return numbers(value, 'top')
    case 'link':
      return texts(value, 'url', 'text')
    case 'hover':
      return value['url'] === null || texts(value, 'url')
    case 'text':
      return numbers(value, 'ask') && texts(value, 'text')
    case 'key':
      return (
        texts(value, 'key', 'code') &&
        ['ctrlKey', 'metaKey', 'shiftKey', 'altKey'].every((name) => typeof value[name] === 'boolean')
      )
    case 'pointer':
      return true
    default:
      return false
  }
}

/** The page that draws a PDF is given one, once. `pageLabel`: "Page {n} of {all}", said to screen readers. */
export interface ToPdf {
  type: 'show'
  bytes: Uint8Array
  pageLabel: string
}

const pdfFailures = ['locked', 'unreadable'] as const
export type PdfFailure = (typeof pdfFailures)[number]

export type FromPdf =
  | { type: 'ready' }
  /** Nothing can be drawn; `locked`: it asks for a passphrase. */
  | { type: 'failed'; why: PdfFailure }

/** The same of a message from that page. */
export function isFromPdf(value: unknown): value is FromPdf {
  if (!isObject(value)) return false
  return value['type'] === 'ready' || (value['type'] === 'failed' && pdfFailures.some((why) => why === value['why']))
}
