import { ask } from '../client'
import { usePlaces } from './places'

/** Who has not typed for this long is reading again, ms. */
const writingMs = 2 * 60_000
/** A window that lies behind others still counts as being here for this long, ms. */
const awayMs = 60_000
/** Who walks from conversation to conversation is in none of them before having stayed this long, ms. */
const staysMs = 300

let writingIn: number | null = null
let writingTimer: ReturnType<typeof setTimeout> | undefined
let away = false
let told = ''

function tell(): void {
  const { place } = usePlaces.getState()
  const open = place.kind === 'inbox' && !away ? place.conversationId : null
  const now = {
    conversationId: open,
    doing: open !== null && writingIn === open ? ('replying' as const) : ('viewing' as const),
  }
  const text = JSON.stringify(now)
  if (text === told) return
  told = text
  // A mark that could not be set is not worth a word: it would fade anyway.
  void ask('presence.set', now).catch(() => {
    told = ''
  })
}

/** The person writes an answer in this conversation. */
export function writing(conversationId: number): void {
  clearTimeout(writingTimer)
  writingIn = conversationId
  writingTimer = setTimeout(() => stopWriting(conversationId), writingMs)
  tell()
}

/** The answer was sent, thrown away or left alone. */
export function stopWriting(conversationId: number): void {
  if (writingIn !== conversationId) return
  clearTimeout(writingTimer)
  writingIn = null
  tell()
}

/** Tells the store what the person looks at, as long as the window is looked at. Answers with what stops it. */
export function startPresence(): () => void {
  let leaving: ReturnType<typeof setTimeout> | undefined
  const here = () => {
    clearTimeout(leaving)
    away = false
    tell()
  }
  const gone = () => {
    clearTimeout(leaving)
    leaving = setTimeout(() => {
      away = true
      tell()
    }, awayMs)
  }
  window.addEventListener('focus', here)
  window.addEventListener('blur', gone)
  let walking: ReturnType<typeof setTimeout> | undefined
  const stop = usePlaces.subscribe(() => {
    clearTimeout(walking)
    walking = setTimeout(tell, staysMs)
  })
  tell()
  return () => {
    clearTimeout(leaving)
    clearTimeout(walking)
    window.removeEventListener('focus', here)
    window.removeEventListener('blur', gone)
    stop()
  }
}
