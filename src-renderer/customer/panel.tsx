import { Circle, CircleCheck, Copy, Mail, OctagonAlert, Pause, Pencil, UserX } from 'lucide-react'
import { useState, type KeyboardEvent, type ReactNode } from 'react'
import type { Customer, Status } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { copyText } from '../state/clipboard'
import { openConversation } from '../state/places'
import { errorText, t } from '../text'
import { dayText } from '../text/time'
import { Avatar } from '../ui/avatar'
import { Button, IconButton } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Input } from '../ui/field'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { Note } from './note'
import './customer.css'

/** Conversations listed before "Show all". */
const first = 3
const icons = { open: Circle, pending: Pause, closed: CircleCheck, spam: OctagonAlert } as const satisfies Record<
  Status,
  unknown
>

function Name({ customer }: { customer: Customer }) {
  const [text, setText] = useState<string | null>(null)
  const save = async () => {
    const name = (text ?? '').trim()
    setText(null)
    if (name === '' || name === customer.name) return
    try {
      await call('customers.update', { id: customer.id, name })
    } catch (thrown) {
      tellFailure(thrown)
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Enter') void save()
    else setText(null)
  }
  if (text !== null)
    return (
      <Input
        small
        autoFocus
        dir="auto"
        maxLength={200}
        aria-label={t('customer:name')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => void save()}
        onKeyDown={onKeyDown}
      />
    )
  return (
    <div className="x g1 customer-name">
      <h2 className="cut sel">
        <bdi>{customer.name || customer.addresses[0] || t('noName')}</bdi>
      </h2>
      <IconButton icon={Pencil} size="sm" label={t('customer:editName')} onClick={() => setText(customer.name)} />
    </div>
  )
}

function Addresses({ addresses }: { addresses: readonly string[] }) {
  const copy = (address: string) => void copyText(address, t('customer:copied'))
  return (
    <div className="sect">
      <dl className="kv ic">
        {addresses.map((address, index) => (
          <div key={address} className="address">
            <dt>
              {index === 0 && (
                <>
                  <Icon icon={Mail} small />
                  <span className="sr">{t('customer:email')}</span>
                </>
              )}
            </dt>
            <dd className={`x g1${index > 0 ? ' t2' : ''}`}>
              <bdi className="cut" data-tip={address}>
                {address}
              </bdi>
              <IconButton
                icon={Copy}
                size="sm"
                className="copy"
                label={t('customer:copyAddress', { address })}
                onClick={() => copy(address)}
              />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function Earlier({ customer, conversationId }: { customer: Customer; conversationId: number }) {
  const [all, setAll] = useState(false)
  const others = customer.conversations.filter((one) => one.id !== conversationId)
  const count = customer.conversationCount - (others.length < customer.conversations.length ? 1 : 0)
  const shown = all ? others : others.slice(0, first)
  return (
    <div className="sect">
      <div className="sect-h">
        <h3>{t('customer:earlier')}</h3>
        {count > 0 && <span className="push meta num">{count}</span>}
      </div>
      {others.length === 0 && <p className="t3">{t('customer:noEarlier')}</p>}
      <ul>
        {shown.map((one) => (
          <li key={one.id}>
            <button type="button" className="prev" onClick={() => openConversation(one.id)}>
              <Icon icon={icons[one.status]} small />
              <span className="sr">{t(`status.${one.status}`)}</span>
              <bdi className="cut grow link-text">{one.subject || t('noSubject')}</bdi>
              <Time at={one.lastAt} className="t3 meta nowrap" />
            </button>
          </li>
        ))}
      </ul>
      {others.length > first && (
        <button type="button" className="link meta show-all" onClick={() => setAll(!all)}>
          {all ? t('customer:showFewer') : t('customer:showAll', { count })}
        </button>
      )}
      {all && count > others.length && (
        <p className="hint">{t('customer:moreThan', { shown: others.length, count })}</p>
      )}
    </div>
  )
}

/** Who the customer of the open conversation is. */
export function CustomerPanel({
  customerId,
  conversationId,
  details,
}: {
  customerId: number
  /** The conversation that is shown beside it. */ conversationId: number
  /** What the team keeps about the open conversation. */ details?: ReactNode
}) {
  const { data, error, slow, refetch } = useQuery('customers.get', { id: customerId })
  if (!data) {
    if (error)
      return (
        <div className="scroll center">
          <EmptyState
            icon={UserX}
            title={t('customer:failedTitle')}
            action={<Button onClick={refetch}>{t('retry')}</Button>}
          >
            {errorText(error)}
          </EmptyState>
        </div>
      )
    return (
      <div className="scroll" aria-busy="true">
        {slow && (
          <div className="sect y">
            <div className="skel" />
            <div className="skel" />
          </div>
        )}
      </div>
    )
  }
  const year = new Date(data.firstSeenAt).getFullYear()
  return (
    <div className="scroll" key={data.id}>
      <div className="sect top">
        <div className="x g3">
          <Avatar name={data.name || data.addresses[0] || ''} seed={data.addresses[0] ?? data.name} size="xl" />
          <div className="grow">
            <Name customer={data} />
          </div>
        </div>
        <div className="x g1 facts">
          <span className="chip line" data-tip={dayText(data.firstSeenAt)}>
            {t('customer:since', { year })}
          </span>
        </div>
      </div>
      {data.addresses.length > 0 && <Addresses addresses={data.addresses} />}
      {details}
      <Note customerId={data.id} name={data.name} note={data.note} />
      <Earlier customer={data} conversationId={conversationId} />
    </div>
  )
}
