import { Scissors, Split } from 'lucide-react'
import type { WhyHere } from '../../src-preload/contract'
import { useQuery } from '../live'
import { splitConversation } from '../state/threads'
import { errorText, t } from '../text'
import { fullTime } from '../text/time'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'

function reasonText(why: WhyHere): string {
  if (why.kind === 'first') return t('threads:because.first')
  if (why.kind === 'person')
    return t(`threads:because.${why.act}`, {
      by: why.by || t('threads:someone'),
      subject: why.otherSubject || t('common:noSubject'),
      time: fullTime(why.at),
    })
  if (why.kind === 'server')
    return t('threads:because.server', { name: why.message.name, time: fullTime(why.message.at) })
  return t(`threads:because.${why.kind}`, {
    header: why.header,
    name: why.message.name,
    time: fullTime(why.message.at),
  })
}

/** Which header or which person put a message into its conversation, and the way out of it. */
export function WhyDialog({
  messageId,
  alone,
  onClose,
}: {
  messageId: number
  /** The conversation has no other message. */ alone: boolean
  onClose: () => void
}) {
  const { data, error, slow } = useQuery('threads.why', { messageId })
  const split = (which: 'from' | 'one') => {
    onClose()
    void splitConversation(messageId, which)
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('threads:whyTitle')}
      description={data ? <bdi>{reasonText(data)}</bdi> : slow ? <div className="skel" /> : ''}
      foot={
        <>
          <Button icon={Scissors} disabled={alone} onClick={() => split('one')}>
            {t('threads:splitOne')}
          </Button>
          <Button icon={Split} disabled={alone} onClick={() => split('from')}>
            {t('threads:splitFrom')}
          </Button>
        </>
      }
    >
      {error ? (
        <Banner kind="bad">
          {t('threads:whyFailed')} {errorText(error)}
        </Banner>
      ) : (
        !alone && <p className="hint">{t('threads:whyHint')}</p>
      )}
    </Dialog>
  )
}
