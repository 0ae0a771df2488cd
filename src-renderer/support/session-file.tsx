import { Eye, Lock } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Attachment, CallOutput } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { PdfView } from '../mail-frame/pdf-view'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'

type Part = CallOutput<'support.attachment'>

/** Pictures, PDFs and plain text by what they are called; what they are is decided from their content when they are asked for. */
const isShown = (file: Attachment): boolean =>
  !file.dangerous &&
  (/^(image\/(png|gif|jpe?g|webp|bmp|avif)|text\/(plain|csv)|application\/pdf)$/i.test(file.type) ||
    /\.pdf$/i.test(file.name))

/** An attachment in a support session: shown in place, never saved or handed to another program. */
export function SessionFile({ file, full }: { file: Attachment; full: boolean }) {
  const [part, setPart] = useState<Part | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (!part?.image) return undefined
    const made = URL.createObjectURL(new Blob([new Uint8Array(part.image.bytes)], { type: part.image.type }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [part])
  if (!full || !isShown(file))
    return (
      <div className="t3 meta x" data-tip={t('support:fileTip')}>
        <Icon icon={Lock} small />
        <bdi className="cut">{file.name}</bdi>
        <span className="sr">{t('support:fileTip')}</span>
      </div>
    )
  const view = () => {
    setFailure(null)
    call('support.attachment', { id: file.id }).then(setPart, (thrown: unknown) =>
      setFailure(errorText(asCallError(thrown))),
    )
  }
  return (
    <div className="y g2 ses-file">
      <div className="x">
        <Button size="sm" icon={Eye} onClick={part ? () => setPart(null) : view}>
          <bdi className="cut">{part ? t('support:hide') : t('support:view', { name: file.name })}</bdi>
        </Button>
      </div>
      {failure !== null && <p className="t2">{failure}</p>}
      {part?.image && url !== null && (
        <img src={url} alt={t('support:picture', { name: file.name })} draggable={false} />
      )}
      {part?.pdf && (
        <PdfView
          bytes={part.pdf}
          title={t('support:pdf', { name: file.name })}
          onFailed={(why) => {
            setPart(null)
            setFailure(t(`support:pdfFailed.${why}`))
          }}
        />
      )}
      {part?.text != null && (
        <pre className="mono ses-pre" tabIndex={0} aria-label={t('support:fileText', { name: file.name })}>
          {part.text}
        </pre>
      )}
    </div>
  )
}
