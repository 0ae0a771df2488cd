import {
  Archive,
  Download,
  Eye,
  File,
  FileAudio,
  FileSpreadsheet,
  FileText,
  Image,
  SquareArrowOutUpRight,
  TriangleAlert,
  Video,
} from 'lucide-react'
import { memo, useState } from 'react'
import type { Address, Attachment } from '../../src-preload/contract'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { showToast } from '../state/toast'
import { t } from '../text'
import { glance } from '../text/lists'
import { numberText, sizeText } from '../text/numbers'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Icon, type LucideIcon } from '../ui/icon'
import { Menu } from '../ui/menu'
import { dangerOf, isPreviewable } from './file-kind'
import { ImagePreview } from './image-preview'

function iconOf(file: Attachment): LucideIcon {
  if (file.dangerous) return TriangleAlert
  if (file.type.startsWith('image/')) return Image
  if (file.type.startsWith('video/')) return Video
  if (file.type.startsWith('audio/')) return FileAudio
  if (/zip|tar|compressed|rar|7z/.test(file.type)) return Archive
  if (/sheet|excel|csv/.test(file.type)) return FileSpreadsheet
  return /pdf|text|word|document/.test(file.type) ? FileText : File
}

async function save(ids: number[]): Promise<void> {
  try {
    const { saved } = await call('app.saveAttachments', { ids })
    if (saved) showToast({ text: t('conversation:files.saved') })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

function Chip({ file, onOpen, onPreview }: { file: Attachment; onOpen: () => void; onPreview: (() => void) | null }) {
  const size = sizeText(file.size)
  return (
    <Menu
      align="start"
      label={file.name}
      trigger={
        <button type="button" className="file">
          <Icon icon={iconOf(file)} />
          <bdi className="cut file-name" data-tip={file.name}>
            {file.name}
          </bdi>
          <span className="t3 nowrap">{size}</span>
        </button>
      }
      items={[
        ...(onPreview ? [{ label: t('conversation:files.preview'), icon: Eye, onSelect: onPreview }] : []),
        { label: t('conversation:files.open'), icon: SquareArrowOutUpRight, onSelect: onOpen },
        { label: t('conversation:files.save'), icon: Download, onSelect: () => void save([file.id]) },
      ]}
    />
  )
}

/** The attachments of a message: open, preview, save; files that can do harm are asked about first (R22). */
export const Files = memo(function Files({ files, from }: { files: readonly Attachment[]; from: Address }) {
  const [asked, setAsked] = useState<Attachment | null>(null)
  const [preview, setPreview] = useState<number | null>(null)
  const images = files.filter(isPreviewable)

  const open = async (file: Attachment, confirmed: boolean) => {
    if (file.dangerous && !confirmed) return setAsked(file)
    setAsked(null)
    try {
      await call('app.openAttachment', { id: file.id, confirmed })
    } catch (thrown) {
      tellFailure(thrown)
    }
  }

  return (
    <div className="files" role="group" aria-label={t('conversation:files.label')}>
      {files.map((file) => (
        <Chip
          key={file.id}
          file={file}
          onOpen={() => void open(file, false)}
          onPreview={isPreviewable(file) ? () => setPreview(images.indexOf(file)) : null}
        />
      ))}
      {files.length > 1 && (
        <Button
          kind="ghost"
          size="sm"
          icon={Download}
          className="files-all"
          onClick={() => void save(files.map((file) => file.id))}
        >
          {t('conversation:files.saveAll')}
          {files.length > glance && (
            <span className="t3">
              {t('conversation:files.sum', {
                n: numberText(files.length),
                size: sizeText(files.reduce((sum, { size }) => sum + size, 0)),
              })}
            </span>
          )}
        </Button>
      )}
      {asked && (
        <Dialog
          open
          onClose={() => setAsked(null)}
          title={t('conversation:files.confirmTitle', { name: asked.name })}
          description={t(`conversation:files.confirmWhy.${dangerOf(asked)}`)}
          foot={
            <>
              <Button size="lg" onClick={() => setAsked(null)}>
                {t('cancel')}
              </Button>
              <Button size="lg" kind="danger" onClick={() => void open(asked, true)}>
                {t('conversation:files.confirmOpen')}
              </Button>
            </>
          }
        >
          <p className="file-asked">
            <Icon icon={TriangleAlert} />
            <bdi className="mono grow">{asked.name}</bdi>
            <span className="t3 nowrap">{sizeText(asked.size)}</span>
          </p>
          <p className="t2">
            {t('conversation:files.confirmWho', { name: from.name || t('noName'), address: from.address })}
          </p>
        </Dialog>
      )}
      {preview !== null && images[preview] && (
        <ImagePreview
          images={images}
          at={preview}
          onMove={setPreview}
          onClose={() => setPreview(null)}
          onSave={(file) => void save([file.id])}
        />
      )}
    </div>
  )
})
