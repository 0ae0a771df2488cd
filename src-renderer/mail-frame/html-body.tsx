import { memo, useEffect, useLayoutEffect, useRef } from 'react'
import type { Message } from '../../src-preload/contract'
import type { FrameTheme } from './protocol'
import { t } from '../text'
import { discardFrame, releaseFrame, takeFrame, type MailFrame } from './frames'
import type { InlinePart } from './inline-parts'
import { themeNow, useLook } from './look'

/** Heights of mails shown before, so that coming back does not make the thread jump. CSS pixels by message. */
const heights = new Map<number, number>()
/** Inline images come from the local store: worth waiting this long, so that the mail is laid out once. */
const partsWaitMs = 60
/** A mail that is not laid out after the first time is shown as text meanwhile, after the second it stays text. ms. */
const lateMs = 2_500
const hopelessMs = 20_000
/** Remote images that arrive together are put in together. */
const batchMs = 200

/** Where a mail's pictures come from, and who reads it besides the person. One for each kind of window; it must not change. */
export interface MailSource {
  /** Inline pictures by Content-ID, as data: addresses. */
  parts(attachments: readonly InlinePart[]): Promise<Record<string, string>>
  /** Fetches remote images that a person allowed; `got` hears of each that came. Null: none is ever asked for. */
  readonly remote:
    | ((
        id: number,
        addresses: readonly string[],
        got: (images: Record<string, string>) => void,
      ) => Promise<{ failed: number }>)
    | null
  /** Told of a mail on screen and how to read what can be seen of it; answers with the way out. */
  readonly onScreen: ((id: number, read: () => Promise<string>) => () => void) | null
}

export interface HtmlBodyProps {
  message: Message
  html: string
  source: MailSource
  /** The person allowed remote images for this message. */
  remoteAllowed: boolean
  /** Folding is off for messages that forward another. */
  foldQuotes: boolean
  onLink: (url: string, text: string) => void
  /** Remote images that the message would load. */
  onRemote: (addresses: string[]) => void
  onRemoteDone: (failed: number) => void
  /** It takes long, or is too much for the frame: the text should stand in. */
  onLate: (late: 'late' | 'hopeless' | null) => void
}

/** A message in its own frame, sanitised there (R11). */
export const HtmlBody = memo(function HtmlBody({
  message,
  html,
  source,
  remoteAllowed,
  foldQuotes,
  onLink,
  onRemote,
  onRemoteDone,
  onLate,
}: HtmlBodyProps) {
  const slot = useRef<HTMLDivElement>(null)
  const frame = useRef<MailFrame | null>(null)
  const hands = useRef({ onLink, onRemote, onRemoteDone, onLate, remoteAllowed })
  const loadRemote = useRef<() => void>(() => undefined)
  const theme = useLook((state) => state.theme)
  const shownIn = useRef<FrameTheme | null>(null)
  const { id, attachments, from } = message

  useEffect(() => {
    Object.assign(hands.current, { onLink, onRemote, onRemoteDone, onLate, remoteAllowed })
  })

  useLayoutEffect(() => {
    const place = slot.current
    if (!place) return undefined
    // read here and not a dependency: a change of theme goes into the standing frame, see below
    const theme = themeNow()
    shownIn.current = theme
    const lent = takeFrame(place)
    frame.current = lent
    let remote: string[] = []
    let asked = false
    let gone = false
    let off: () => void = () => undefined
    const { element } = lent
    const timers = [
      setTimeout(() => hands.current.onLate('late'), lateMs),
      setTimeout(() => {
        discardFrame(lent)
        hands.current.onLate('hopeless')
      }, hopelessMs),
    ]
    element.title = t('conversation:message.frame', { name: from.name || from.address })
    const setHeight = (height: number) => {
      heights.set(id, height)
      element.style.blockSize = `${height}px`
    }
    element.style.blockSize = `${heights.get(id) ?? 0}px`
    place.dataset['state'] = 'waiting'
    loadRemote.current = () => {
      if (!source.remote || !hands.current.remoteAllowed || asked || remote.length === 0) return
      asked = true
      fetchInto(
        lent,
        (got) => source.remote?.(id, remote, got),
        () => gone,
        (failed) => hands.current.onRemoteDone(failed),
      )
    }
    const start = (parts: Record<string, string>) =>
      lent.show(
        { html, theme, parts, images: {}, foldQuotes, labels: { showQuote: t('conversation:message.quote') } },
        {
          shown: (height, found) => {
            for (const timer of timers) clearTimeout(timer)
            hands.current.onLate(null)
            setHeight(height)
            place.dataset['state'] = 'shown'
            off()
            off = source.onScreen?.(id, () => lent.visibleText()) ?? (() => undefined)
            remote = found
            hands.current.onRemote(remote)
            loadRemote.current()
          },
          height: setHeight,
          link: (url, text) => hands.current.onLink(url, text),
          hover: (url) => useLook.getState().setTarget(url),
          scroll: (top) => scrollBy(element, top),
        },
      )
    const embedded = /\bcid:/i.test(html) ? attachments : []
    if (embedded.length === 0) start({})
    else {
      let begun = false
      const begin = (parts: Record<string, string>) => {
        if (gone) return
        if (begun) lent.addImages(parts, {})
        else start(parts)
        begun = true
      }
      const timer = setTimeout(() => begin({}), partsWaitMs)
      void source.parts(embedded).then((parts) => {
        clearTimeout(timer)
        begin(parts)
      })
    }
    return () => {
      gone = true
      for (const timer of timers) clearTimeout(timer)
      off()
      frame.current = null
      useLook.getState().setTarget(null)
      releaseFrame(lent)
    }
  }, [id, html, source, foldQuotes, attachments, from])

  useEffect(() => loadRemote.current(), [remoteAllowed])

  useEffect(() => {
    if (!theme || theme === shownIn.current) return
    shownIn.current = theme
    frame.current?.setTheme(theme)
  }, [theme])

  return <div ref={slot} className="mail-slot" />
})

function scrollBy(element: HTMLElement, top: number): void {
  const pane = element.closest('.scroll')
  if (pane) pane.scrollTop += element.getBoundingClientRect().top + top - pane.getBoundingClientRect().top
}

function fetchInto(
  frame: MailFrame,
  fetch: (got: (images: Record<string, string>) => void) => Promise<{ failed: number }> | undefined,
  gone: () => boolean,
  done: (failed: number) => void,
): void {
  let batch: Record<string, string> = {}
  let timer: ReturnType<typeof setTimeout> | undefined
  const put = () => {
    clearTimeout(timer)
    timer = undefined
    if (!gone() && Object.keys(batch).length > 0) frame.addImages({}, batch)
    batch = {}
  }
  const work = async () => {
    const fetched = await fetch((images) => {
      Object.assign(batch, images)
      timer ??= setTimeout(put, batchMs)
    })
    put()
    if (fetched && !gone()) done(fetched.failed)
  }
  void work()
}
