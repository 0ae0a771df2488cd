import {
  ChevronDown,
  ChevronUp,
  Code,
  Copy,
  EllipsisVertical,
  FoldVertical,
  Forward,
  HelpCircle,
  Reply,
  ReplyAll,
  Scissors,
  Split,
} from 'lucide-react'
import { Fragment } from 'react'
import type { Address, Delivery, Message } from '../../src-preload/contract'
import { tellFailure } from '../state/acts'
import { copyText } from '../state/clipboard'
import { splitConversation } from '../state/threads'
import { t } from '../text'
import { glance } from '../text/lists'
import { exactTime } from '../text/time'
import { numberText } from '../text/numbers'
import { Avatar } from '../ui/avatar'
import { Button, IconButton } from '../ui/button'
import { Menu, type MenuPart } from '../ui/menu'
import { Time } from '../ui/time'
import { addressesOf, nameOf, namedIn, seedOf, toWords } from '../text/correspondents'
import { visibleTextOf } from './visible'

function People({ label, people }: { label: string; people: readonly Address[] }) {
  if (people.length === 0) return null
  return (
    <>
      <dt>
        {label}
        {people.length > glance && (
          <span className="num"> {t('conversation:message.people', { n: numberText(people.length) })}</span>
        )}
      </dt>
      <dd className="sel">
        {people.map((person, index) => (
          <span key={index} className="recipient">
            <bdi>{person.name ? `${person.name} ` : ''}</bdi>
            <bdi className="t2">{person.name ? `<${person.address}>` : person.address}</bdi>
          </span>
        ))}
      </dd>
    </>
  )
}

/** All addresses and the exact date of a message. */
export function MessageDetails({
  message,
  deliveries = [],
}: {
  message: Message
  deliveries?: readonly Delivery[] | undefined
}) {
  return (
    <dl className="msg-details kv">
      <People label={t('conversation:message.from')} people={[message.from]} />
      <People
        label={t('conversation:message.replyTo')}
        people={message.replyTo.filter((one) => one.address !== message.from.address)}
      />
      <People label={t('conversation:message.toField')} people={message.to} />
      <People label={t('conversation:message.cc')} people={message.cc} />
      <People label={t('conversation:message.bcc')} people={message.bcc} />
      <dt>{t('conversation:message.date')}</dt>
      <dd>{exactTime(message.date)}</dd>
      {deliveries
        .filter((one) => one.action === 'accepted')
        .map((one) => (
          <Fragment key={one.at}>
            <dt>{t('sending:delivery.accepted')}</dt>
            <dd className="sel">
              <bdi>{one.line}</bdi>
            </dd>
          </Fragment>
        ))}
    </dl>
  )
}

export interface MessageActs {
  onReply: (message: Message, kind: 'reply' | 'reply-all' | 'forward') => void
  onSource: (messageId: number) => void
  onWhy: (messageId: number) => void
}

/** Who wrote to whom and when; addresses on demand; what can be done with the message. */
export function MessageHead({
  message,
  details,
  onDetails,
  onFold,
  acts,
}: {
  message: Message
  details: boolean
  onDetails: () => void
  onFold: (() => void) | null
  acts: MessageActs
}) {
  const name = nameOf(message.from)
  const recipients = [...message.to, ...message.cc]
  const to = toWords(message, glance)
  const copy = async () => {
    const text = await visibleTextOf(message.id)
    await copyText(text ?? message.snippet, t('conversation:message.copied'))
  }
  const items = (): MenuPart[] => [
    { label: t('conversation:message.reply'), icon: Reply, onSelect: () => acts.onReply(message, 'reply') },
    ...(recipients.length > 1
      ? [
          {
            label: t('conversation:message.replyAll'),
            icon: ReplyAll,
            onSelect: () => acts.onReply(message, 'reply-all'),
          },
        ]
      : []),
    { label: t('conversation:message.forward'), icon: Forward, onSelect: () => acts.onReply(message, 'forward') },
    'separator',
    { label: t('threads:why'), icon: HelpCircle, onSelect: () => acts.onWhy(message.id) },
    { label: t('threads:splitFrom'), icon: Split, onSelect: () => void splitConversation(message.id, 'from') },
    { label: t('threads:splitOne'), icon: Scissors, onSelect: () => void splitConversation(message.id, 'one') },
    'separator',
    { label: t('conversation:message.copyText'), icon: Copy, onSelect: () => void copy().catch(tellFailure) },
    { label: t('conversation:showSource'), icon: Code, onSelect: () => acts.onSource(message.id) },
    ...(onFold ? [{ label: t('conversation:message.fold'), icon: FoldVertical, onSelect: onFold }] : []),
  ]
  return (
    <div className="msg-head">
      <Avatar name={name} seed={seedOf(message)} size="sm" />
      <bdi className="medium cut from" data-tip={message.from.address}>
        {name}
      </bdi>
      {message.elsewhere && <span className="chip sm">{t('conversation:message.elsewhere')}</span>}
      {message.lies && (
        <span
          className={`chip sm${message.lies === 'gone' ? ' warn' : ''}`}
          data-tip={t(`conversation:message.liesTip.${message.lies}`)}
        >
          {t(`conversation:message.lies.${message.lies}`)}
        </span>
      )}
      {message.returned ? (
        <span className="chip sm warn">{t('conversation:message.returned')}</span>
      ) : (
        message.autoKind !== 'none' && (
          <span className="chip sm">{t(`conversation:message.auto.${message.autoKind}`)}</span>
        )
      )}
      {to !== '' && (
        <bdi className="t3 meta cut to" data-tip={addressesOf(namedIn(message))}>
          {to}
        </bdi>
      )}
      <span className="push x g1 msg-acts">
        <IconButton
          icon={details ? ChevronUp : ChevronDown}
          size="sm"
          className="msg-act"
          aria-expanded={details}
          label={t(details ? 'conversation:message.hideDetails' : 'conversation:message.details')}
          onClick={onDetails}
        />
        <Menu
          label={t('conversation:message.actions')}
          items={items}
          trigger={
            <IconButton
              icon={EllipsisVertical}
              size="sm"
              className="msg-act"
              label={t('conversation:message.actions')}
            />
          }
        />
      </span>
      <Time at={message.date} form="message" className="t3 meta nowrap" />
    </div>
  )
}

/** A folded message: one line that opens it. */
export function FoldedMessage({
  message,
  onOpen,
  clip,
}: {
  message: Message
  onOpen: () => void
  clip: React.ReactNode
}) {
  const name = nameOf(message.from)
  return (
    <button type="button" className="fold" aria-expanded={false} onClick={onOpen}>
      <Avatar name={name} seed={seedOf(message)} size="sm" />
      <span className="sr">{t('conversation:message.unfold')}</span>
      <bdi className="medium nowrap">{name}</bdi>
      <bdi className="t3 cut grow snip">{message.snippet}</bdi>
      {clip}
      <Time at={message.date} form="message" className="t3 meta nowrap" />
    </button>
  )
}

/** The strip that says that images are kept out, with the permission for this message only (R13). */
export function ImageBar({ icon, count, onShow }: { icon: React.ReactNode; count: number; onShow: () => void }) {
  return (
    <div className="imgbar">
      {icon}
      <span className="cut grow">{t('conversation:images.blocked', { count })}</span>
      <Button kind="ghost" size="sm" className="acc-btn" aria-label={t('conversation:images.showFor')} onClick={onShow}>
        {t('conversation:images.show')}
      </Button>
    </div>
  )
}
