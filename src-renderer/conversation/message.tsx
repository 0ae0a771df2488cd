import { CircleAlert, TriangleAlert, ImageOff, Paperclip, Split } from 'lucide-react'
import { memo, useState } from 'react'
import type { Delivery, Message as MessageData, MessageBody } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { keepHere, splitConversation } from '../state/threads'
import { errorText, t } from '../text'
import { HtmlBody } from '../mail-frame/html-body'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Spinner } from '../ui/spinner'
import { Files } from './files'
import { mailSource } from './images'
import { FoldedMessage, ImageBar, MessageDetails, MessageHead, type MessageActs } from './message-head'
import { BodyOnServer, RestOnServer } from './on-server'
import { TextBody } from './text-body'

const isForward = /^\s*(?:fwd?|wg|tr|rv|enc|i|vs|vb|pd|doorst)\s*:/i

function Remote({
  message,
  found,
  failed,
  onAllow,
  allowed,
}: {
  message: MessageData
  found: number
  failed: number | null
  allowed: boolean
  onAllow: () => void
}) {
  const icon = <Icon icon={ImageOff} small />
  if (!allowed)
    return found > 0 ? <ImageBar icon={icon} count={Math.max(found, message.remoteCount)} onShow={onAllow} /> : null
  if (failed === null)
    return found > 0 ? (
      <div className="imgbar">
        <Spinner />
        <span className="cut grow">{t('conversation:images.loading')}</span>
      </div>
    ) : null
  return failed > 0 ? (
    <div className="imgbar">
      {icon}
      <span className="cut grow">{t('conversation:images.failed', { count: failed })}</span>
    </div>
  ) : null
}

function Body({
  message,
  body,
  onLink,
  onSource,
}: {
  message: MessageData
  body: MessageBody
  onLink: (url: string, text: string) => void
  onSource: (id: number) => void
}) {
  const [found, setFound] = useState(0)
  const [failed, setFailed] = useState<number | null>(null)
  const [allowed, setAllowed] = useState(message.remoteAllowed)
  const [late, setLate] = useState<'late' | 'hopeless' | null>(null)
  const html = body.textSuffices ? null : body.html

  const allow = async () => {
    try {
      await call('messages.allowRemote', { id: message.id })
      setAllowed(true)
    } catch (thrown) {
      tellFailure(thrown)
    }
  }
  return (
    <>
      {html !== null && (
        <Remote message={message} found={found} failed={failed} allowed={allowed} onAllow={() => void allow()} />
      )}
      <div className="msg-body">
        {html === null ? (
          <TextBody messageId={message.id} text={body.text} onLink={onLink} />
        ) : (
          <HtmlBody
            message={message}
            html={html}
            source={mailSource}
            remoteAllowed={allowed}
            foldQuotes={!isForward.test(message.subject)}
            onLink={onLink}
            onRemote={(addresses) => setFound(addresses.length)}
            onRemoteDone={setFailed}
            onLate={setLate}
          />
        )}
        {late !== null && html !== null && (
          <div>
            <p className="hint" role="status">
              {t(`conversation:message.${late}`)}
            </p>
            <TextBody messageId={message.id} text={body.text} onLink={onLink} />
          </div>
        )}
      </div>
      {body.cut && (
        <div className="msg-strip">
          <Banner
            actions={
              <Button size="sm" onClick={() => onSource(message.id)}>
                {t('conversation:showSource')}
              </Button>
            }
          >
            {t('conversation:message.cut')}
          </Banner>
        </div>
      )}
    </>
  )
}

/** The body of a message that was folded: fetched when it opens. */
function FetchedBody({
  message,
  ...rest
}: {
  message: MessageData
  onLink: (url: string, text: string) => void
  onSource: (id: number) => void
}) {
  const { data, error, slow, refetch } = useQuery('messages.body', { id: message.id }, [message.conversationId])
  if (data) return <Body message={message} body={data} {...rest} />
  if (error)
    return (
      <div className="msg-strip">
        <Banner
          kind="bad"
          actions={
            <Button size="sm" onClick={refetch}>
              {t('retry')}
            </Button>
          }
        >
          {t('conversation:message.bodyFailed')} {errorText(error)}
        </Banner>
      </div>
    )
  return (
    <div className="msg-body" aria-busy="true">
      {slow ? (
        <>
          <div className="skel" />
          <div className="skel short" />
          <span className="sr">{t('conversation:message.loading')}</span>
        </>
      ) : null}
    </div>
  )
}

export interface MessageProps {
  message: MessageData
  open: boolean
  onToggle: (id: number) => void
  onLink: (url: string, text: string) => void
  acts: MessageActs
  /** What servers said about a message of the team. */
  deliveries?: readonly Delivery[] | undefined
}

/** The red or amber mark of a message that did not reach somebody, with the server's own line. */
function Deliveries({ deliveries }: { deliveries: readonly Delivery[] }) {
  return deliveries
    .filter((one) => one.action === 'failed' || one.action === 'delayed')
    .map((one) => (
      <div key={one.recipient} className="msg-strip">
        <Banner kind={one.action === 'failed' ? 'bad' : 'warn'} top>
          <bdi>
            {t(one.action === 'failed' ? 'sending:delivery.failed' : 'sending:delivery.delayed', {
              recipient: one.recipient,
            })}
          </bdi>
          {one.line && (
            <div className="t2 server-line">
              <bdi>{t('sending:serverSaid', { line: one.line })}</bdi>
            </div>
          )}
        </Banner>
      </div>
    ))
}

/** One message of the thread, folded or open. */
export const Message = memo(function Message({ message, open, onToggle, onLink, acts, deliveries }: MessageProps) {
  const [details, setDetails] = useState(false)
  const files = message.attachments.filter((file) => !file.inline)
  const failed = deliveries?.some((one) => one.action === 'failed') ?? false
  if (!open) {
    return (
      <li className="thread-item" data-message={message.id}>
        <FoldedMessage
          message={message}
          onOpen={() => onToggle(message.id)}
          clip={
            <>
              {failed && (
                <span className="chip sm bad">
                  <Icon icon={TriangleAlert} />
                  {t('sending:delivery.mark')}
                </span>
              )}
              {files.length > 0 && (
                <span className="t3">
                  <Icon icon={Paperclip} small />
                  <span className="sr">{t('conversation:message.attachments', { count: files.length })}</span>
                </span>
              )}
            </>
          }
        />
      </li>
    )
  }
  return (
    <li className="thread-item" data-message={message.id}>
      <article
        className={`msg${message.direction === 'out' ? ' agent' : ''}`}
        aria-label={t('conversation:message.frame', { name: message.from.name || message.from.address })}
      >
        <MessageHead
          message={message}
          details={details}
          onDetails={() => setDetails(!details)}
          onFold={() => onToggle(message.id)}
          acts={acts}
        />
        {details && <MessageDetails message={message} deliveries={deliveries} />}
        {message.newSubject && (
          <div className="msg-strip">
            <Banner
              icon={Split}
              actions={
                <>
                  <Button size="sm" onClick={() => void splitConversation(message.id, 'from')}>
                    {t('threads:splitFrom')}
                  </Button>
                  <Button size="sm" kind="ghost" onClick={() => void keepHere(message.id)}>
                    {t('threads:keep')}
                  </Button>
                </>
              }
            >
              <bdi>{t('threads:newSubject', { subject: message.subject })}</bdi>
            </Banner>
          </div>
        )}
        {deliveries && <Deliveries deliveries={deliveries} />}
        {message.fromSuspicious && (
          <div className="msg-strip">
            <Banner kind="warn" icon={CircleAlert} top>
              {t('conversation:message.suspicious', {
                address: message.from.address || t('conversation:message.noAddress'),
              })}
            </Banner>
          </div>
        )}
        {message.unreadable !== null ? (
          <div className="msg-strip last">
            <Banner
              kind="warn"
              top
              actions={
                <Button size="sm" onClick={() => acts.onSource(message.id)}>
                  {t('conversation:showSource')}
                </Button>
              }
            >
              {t('conversation:message.unreadable', { why: message.unreadable })}
            </Banner>
          </div>
        ) : message.part === 'headers' ? (
          <BodyOnServer message={message} />
        ) : message.body ? (
          <Body message={message} body={message.body} onLink={onLink} onSource={acts.onSource} />
        ) : (
          <FetchedBody message={message} onLink={onLink} onSource={acts.onSource} />
        )}
        {message.part === 'start' && <RestOnServer message={message} />}
        {files.length > 0 && <Files files={files} from={message.from} />}
      </article>
    </li>
  )
})
