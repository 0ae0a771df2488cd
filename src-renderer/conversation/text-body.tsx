import { memo, useEffect, useMemo, useState } from 'react'
import { t } from '../text'
import { linkify } from './links'
import { useLook } from '../mail-frame/look'
import { splitQuotes, type TextPart } from './quotes'
import { unwrap } from './unwrap'
import { onScreen } from './visible'

type OpenLink = (url: string, text: string) => void

/** Plain text with its addresses as links; targets show at the foot of the conversation. */
function Linked({ text, onLink }: { text: string; onLink: OpenLink }) {
  const setTarget = useLook((state) => state.setTarget)
  return linkify(text).map((part, index) => {
    const { url } = part
    if (url === null) return <span key={index}>{part.text}</span>
    return (
      <a
        key={index}
        href="#link"
        draggable={false}
        onClick={(event) => {
          event.preventDefault()
          onLink(url, part.text)
        }}
        onAuxClick={(event) => event.preventDefault()}
        onPointerEnter={() => setTarget(url)}
        onPointerLeave={() => setTarget(null)}
        onFocus={() => setTarget(url)}
        onBlur={() => setTarget(null)}
      >
        {part.text}
      </a>
    )
  })
}

function Paragraphs({ text, onLink }: { text: string; onLink: OpenLink }) {
  const paragraphs = unwrap(text)
    .replace(/^(?:[ \t]*\n)+|\s+$/g, '')
    .split(/\n[ \t]*(?:\n[ \t]*)+/)
  return paragraphs.map((paragraph, index) => (
    <p key={index}>
      <Linked text={paragraph} onLink={onLink} />
    </p>
  ))
}

function Quote({
  part,
  open,
  onToggle,
  onLink,
}: {
  part: TextPart
  open: boolean
  onToggle: () => void
  onLink: OpenLink
}) {
  const label = t(open ? 'conversation:message.hideQuote' : 'conversation:message.quote')
  return (
    <div className="quote">
      <button
        type="button"
        className="quote-button"
        aria-expanded={open}
        aria-label={label}
        data-tip={label}
        onClick={onToggle}
      >
        …
      </button>
      {open && (
        <div className="quote-text">
          <Paragraphs text={part.text} onLink={onLink} />
        </div>
      )}
    </div>
  )
}

/** A message in the app's own type: its words, what it quotes behind a button, its signature quieter. */
export const TextBody = memo(function TextBody({
  messageId,
  text,
  onLink,
}: {
  messageId: number
  text: string
  onLink: OpenLink
}) {
  const parts = useMemo(() => splitQuotes(text), [text])
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set())

  useEffect(
    () =>
      onScreen(messageId, () =>
        parts
          .filter((part, index) => part.kind !== 'quote' || open.has(index))
          .map((part) => part.text)
          .join('\n')
          .trim(),
      ),
    [messageId, parts, open],
  )

  const toggle = (index: number) =>
    setOpen((before) => {
      const after = new Set(before)
      if (!after.delete(index)) after.add(index)
      return after
    })
  if (text.trim() === '') return <p className="t3">{t('conversation:message.empty')}</p>
  return parts.map((part, index) => {
    if (part.kind === 'quote')
      return <Quote key={index} part={part} open={open.has(index)} onToggle={() => toggle(index)} onLink={onLink} />
    if (part.text.trim() === '') return null
    return part.kind === 'signature' ? (
      <div key={index} className="signature">
        <Paragraphs text={part.text} onLink={onLink} />
      </div>
    ) : (
      <Paragraphs key={index} text={part.text} onLink={onLink} />
    )
  })
})
