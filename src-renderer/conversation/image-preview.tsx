import { ChevronLeft, ChevronRight, Download } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Attachment } from '../../src-preload/contract'
import { call } from '../client'
import { t } from '../text'
import { sizeText } from '../text/numbers'
import { Button, IconButton } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Spinner } from '../ui/spinner'

type Loaded = { id: number; url: string } | { id: number; failed: true }

/** One picture at a time, with arrows; Esc closes. */
export function ImagePreview({
  images,
  at,
  onMove,
  onClose,
  onSave,
}: {
  images: readonly Attachment[]
  at: number
  onMove: (at: number) => void
  onClose: () => void
  onSave: (file: Attachment) => void
}) {
  const image = images[at]
  const id = image?.id
  const [loaded, setLoaded] = useState<Loaded | null>(null)

  useEffect(() => {
    if (id === undefined) return undefined
    let url: string | null = null
    let gone = false
    void call('attachments.image', { id }).then(
      ({ type, bytes }) => {
        if (gone) return
        url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }))
        setLoaded({ id, url })
      },
      () => {
        if (!gone) setLoaded({ id, failed: true })
      },
    )
    return () => {
      gone = true
      if (url !== null) URL.revokeObjectURL(url)
    }
  }, [id])

  const step = (delta: number) => onMove((at + delta + images.length) % images.length)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (images.length < 2 || (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft')) return
      event.preventDefault()
      step((event.key === 'ArrowRight') === (document.documentElement.dir !== 'rtl') ? 1 : -1)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  })
  if (!image) return null
  const current = loaded?.id === id ? loaded : null
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={
        images.length > 1
          ? t('conversation:files.previewTitle', { name: image.name, at: at + 1, total: images.length })
          : image.name
      }
      foot={
        <>
          <span className="t3 meta grow">{sizeText(image.size)}</span>
          <Button icon={Download} onClick={() => onSave(image)}>
            {t('conversation:files.save')}
          </Button>
        </>
      }
    >
      <div className="preview">
        {images.length > 1 && (
          <IconButton icon={ChevronLeft} flip label={t('conversation:files.previousImage')} onClick={() => step(-1)} />
        )}
        <div className="preview-image">
          {current === null ? (
            <Spinner />
          ) : 'failed' in current ? (
            <span className="t2">{t('conversation:files.previewFailed')}</span>
          ) : (
            <img src={current.url} alt={image.name} />
          )}
        </div>
        {images.length > 1 && (
          <IconButton icon={ChevronRight} flip label={t('conversation:files.nextImage')} onClick={() => step(1)} />
        )}
      </div>
    </Dialog>
  )
}
