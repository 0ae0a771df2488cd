import { Copy } from 'lucide-react'
import { copyText } from '../state/clipboard'
import { useQuery } from '../live'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Spinner } from '../ui/spinner'

/** The message as it came over the wire. */
export function SourceDialog({ messageId, onClose }: { messageId: number; onClose: () => void }) {
  const { data, error } = useQuery('messages.source', { id: messageId })
  const copy = () => {
    if (data) void copyText(data.source, t('conversation:source.copied'))
  }
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t('conversation:source.title')}
      foot={
        <Button icon={Copy} disabled={!data} onClick={copy}>
          {t('conversation:source.copy')}
        </Button>
      }
    >
      {data?.cut && <Banner>{t('conversation:source.cut')}</Banner>}
      {error && <Banner kind="bad">{t('conversation:source.failed')}</Banner>}
      {data ? (
        <pre className="source mono sel" dir="ltr" tabIndex={0} aria-label={t('conversation:source.title')}>
          {data.source}
        </pre>
      ) : (
        !error && <Spinner />
      )}
    </Dialog>
  )
}
