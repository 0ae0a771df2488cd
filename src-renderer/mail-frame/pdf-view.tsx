import { useEffect, useRef } from 'react'
import { t } from '../text'
import { frameOrigin, isFromPdf, type PdfFailure, type ToPdf } from './protocol'

/** A PDF drawn on the origin of mail, where nothing of it runs or leads anywhere. `onFailed`: it cannot be drawn. */
export function PdfView({
  bytes,
  title,
  onFailed,
}: {
  bytes: Uint8Array
  title: string
  onFailed: (why: PdfFailure) => void
}) {
  const frame = useRef<HTMLIFrameElement>(null)
  const failed = useRef(onFailed)
  useEffect(() => {
    failed.current = onFailed
  })
  useEffect(() => {
    const listen = (event: MessageEvent) => {
      if (event.origin !== frameOrigin || event.source !== frame.current?.contentWindow || !isFromPdf(event.data))
        return
      if (event.data.type === 'failed') failed.current(event.data.why)
      if (event.data.type !== 'ready') return
      const message: ToPdf = { type: 'show', bytes, pageLabel: t('support:pdfPage', { n: '{n}', all: '{all}' }) }
      frame.current.contentWindow?.postMessage(message, frameOrigin)
    }
    window.addEventListener('message', listen)
    return () => window.removeEventListener('message', listen)
  }, [bytes])
  return (
    <iframe
      ref={frame}
      className="pdf-frame"
      title={title}
      sandbox="allow-scripts allow-same-origin"
      referrerPolicy="no-referrer"
      src={`${frameOrigin}/pdf-frame.html`}
    />
  )
}
