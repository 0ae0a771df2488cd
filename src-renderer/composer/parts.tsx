import { Ellipsis, File, MessagesSquare, X } from 'lucide-react'
import { useState } from 'react'
import { tellFailure } from '../state/acts'
import { leaveText } from '../state/list'
import { errorText, t } from '../text'
import { sizeText } from '../text/numbers'
import { Banner } from '../ui/banner'
import { IconButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { Spinner } from '../ui/spinner'
import { bigTotal } from './checks'
import { uploadFailedText, type DeskState, type DraftDesk } from './draft-desk'

/** Where large text leaves no room for both: from what is written back to what it answers. */
export function BackToMessages() {
  return (
    <IconButton
      icon={MessagesSquare}
      size="sm"
      className="c-low"
      label={t('composer:toMessages')}
      act="escape"
      onClick={({ currentTarget }) => leaveText(currentTarget)}
    />
  )
}

/** Files of the draft, those on their way, and those that were refused with the reason. */
export function DraftFiles({ desk, state }: { desk: DraftDesk; state: DeskState }) {
  const { files, uploads } = state
  if (files.length === 0 && uploads.length === 0) return null
  const total = files.reduce((sum, file) => sum + file.size, 0)
  return (
    <div className="c-files y">
      <div className="x wrap" role="group" aria-label={t('composer:files')}>
        {files.map((file) => (
          <span key={file.id} className="file">
            <Icon icon={File} />
            <bdi className="cut file-name" data-tip={file.name}>
              {file.name}
            </bdi>
            <span className="t3 nowrap">{sizeText(file.size)}</span>
            <button
              type="button"
              className="chip-x"
              aria-label={t('composer:removeFile', { name: file.name })}
              onClick={() => void desk.detach(file.id).catch(tellFailure)}
            >
              <Icon icon={X} small />
            </button>
          </span>
        ))}
        {uploads
          .filter((one) => !one.error)
          .map((one) => (
            <span key={one.key} className="file" role="status" aria-label={t('composer:uploading', { name: one.name })}>
              <Spinner />
              <bdi className="cut file-name">{one.name}</bdi>
              <span className="t3 nowrap">{sizeText(one.size)}</span>
            </span>
          ))}
      </div>
      {uploads.map(
        (one) =>
          one.error && (
            <Banner
              key={one.key}
              kind="bad"
              actions={<IconButton icon={X} size="sm" label={t('hide')} onClick={() => desk.dismissUpload(one.key)} />}
            >
              <bdi>{uploadFailedText(one)}</bdi> {errorText(one.error)}
            </Banner>
          ),
      )}
      {total > bigTotal && <Banner kind="warn">{t('composer:big', { size: sizeText(total) })}</Banner>}
    </div>
  )
}

/** The original under the text, folded; it can be left out. */
export function QuotedOriginal({ quote, onDrop }: { quote: string; onDrop: () => void }) {
  const [open, setOpen] = useState(false)
  const label = t(open ? 'composer:hideQuoted' : 'composer:showQuoted')
  return (
    <div className="c-quote">
      <div className="x g1">
        <IconButton
          icon={Ellipsis}
          size="sm"
          className="quote-toggle"
          aria-expanded={open}
          label={label}
          onClick={() => setOpen(!open)}
        />
        {open && <IconButton icon={X} size="sm" label={t('composer:dropQuoted')} onClick={onDrop} />}
      </div>
      {open && (
        <div className="c-quoted sel" tabIndex={0} role="region" aria-label={t('composer:quoted')}>
          {quote}
        </div>
      )}
    </div>
  )
}
