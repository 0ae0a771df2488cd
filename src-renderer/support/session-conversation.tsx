import { Lock, MessageSquare, StickyNote } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import type { CallOutput, Message } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { useQuery } from '../live'
import { errorText, t } from '../text'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Field, TextArea } from '../ui/field'
import { Icon } from '../ui/icon'
import { addressesOf, nameOf, namesOf } from '../text/correspondents'
import { LinkTarget } from '../mail-frame/link-target'
import { FetchedBody, SessionBody } from './session-body'
import { SessionFile } from './session-file'
import { SessionWork } from './session-work'
import { Time } from '../ui/time'

type Session = CallOutput<'support.session'>

function MessageCard({ message, full }: { message: Message; full: boolean }) {
  const [open, setOpen] = useState(false)
  const recipients = [...message.to, ...message.cc]
  return (
    <li className="ses-msg">
      <div className="msg-head">
        <Avatar name={nameOf(message.from)} seed={message.from.address} size="sm" />
        <bdi className="medium cut from" data-tip={message.from.address}>
          {nameOf(message.from)}
        </bdi>
        <bdi className="t3 meta cut to" data-tip={addressesOf(recipients)}>
          {t('support:to', { names: namesOf(recipients) })}
        </bdi>
        <Time at={message.date} form="message" className="t3 meta push nowrap" />
      </div>
      <div className="ses-body">
        {!full ? (
          <p className="t3 x">
            <Icon icon={Lock} small />
            {t('support:noText')}
          </p>
        ) : message.body ? (
          <SessionBody message={message} body={message.body} />
        ) : open ? (
          <FetchedBody message={message} />
        ) : (
          <Button size="sm" onClick={() => setOpen(true)}>
            {t('support:showText')}
          </Button>
        )}
        <div className="ses-files">
          {message.attachments
            .filter((file) => !file.inline)
            .map((file) => (
              <SessionFile key={file.id} file={file} full={full} />
            ))}
        </div>
      </div>
    </li>
  )
}

function NoteForm({ conversationId, onAdded }: { conversationId: number; onAdded: () => void }) {
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const add = async (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() === '' || busy) return
    setBusy(true)
    try {
      await call('notes.add', { conversationId, text })
      setText('')
      setFailure(null)
      onAdded()
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
    }
    setBusy(false)
  }
  return (
    <form className="y g2 grow" onSubmit={(event) => void add(event)}>
      <Field label={t('support:noteField')} error={failure}>
        {(ids) => (
          <TextArea {...ids} rows={2} value={text} dir="auto" onChange={(event) => setText(event.target.value)} />
        )}
      </Field>
      <div className="x">
        <span className="grow meta t2">{t('support:managerText')}</span>
        <Button submit busy={busy} disabled={text.trim() === ''}>
          {t(busy ? 'support:adding' : 'support:addNote')}
        </Button>
      </div>
    </form>
  )
}

function Profile({ id }: { id: number }) {
  const [open, setOpen] = useState(false)
  if (!open)
    return (
      <div className="ses-profile">
        <Button size="sm" onClick={() => setOpen(true)}>
          {t('support:showProfile')}
        </Button>
      </div>
    )
  return <ProfileData id={id} />
}
function ProfileData({ id }: { id: number }) {
  const { data, error } = useQuery('customers.get', { id })
  if (error) return <p className="ses-profile t2">{errorText(error)}</p>
  if (!data) return null
  return (
    <dl className="kv ses-profile" aria-label={t('support:profile')}>
      <dt>{t('support:profile')}</dt>
      <dd>
        <bdi>{data.name}</bdi>
      </dd>
      <dt>{t('support:addresses')}</dt>
      <dd>{data.addresses.join(', ')}</dd>
      <dt>{t('support:conversations')}</dt>
      <dd className="num">{data.conversationCount}</dd>
      {data.note !== '' && (
        <>
          <dt>{t('support:customerNote')}</dt>
          <dd>
            <bdi>{data.note}</bdi>
          </dd>
        </>
      )}
    </dl>
  )
}

/** One conversation, as its agents see it, with nothing that leads out of this window. */
export function SessionConversation({ id, session }: { id: number | null; session: Session }) {
  if (id === null)
    return (
      <section className="pane" aria-label={t('support:conversation')} tabIndex={-1}>
        <EmptyState icon={MessageSquare} title={t('support:choose')}>
          {t('support:chooseText')}
        </EmptyState>
      </section>
    )
  return <Opened id={id} session={session} />
}

function Opened({ id, session }: { id: number; session: Session }) {
  const { data, error, refetch } = useQuery('conversations.get', { id })
  const full = session.scope === 'full'
  const items = data
    ? [
        ...data.messages.map((message) => ({ at: message.date, message, note: null })),
        ...data.notes.map((note) => ({ at: note.at, message: null, note })),
      ].toSorted((a, b) => a.at - b.at)
    : []
  return (
    <section className="pane conv" aria-label={t('support:conversation')} tabIndex={-1}>
      {error && (
        <EmptyState icon={Lock} title={t('support:failed')}>
          {errorText(error)}
        </EmptyState>
      )}
      {data && (
        <>
          <div className="convhead y">
            <div className="x">
              <h2 className="cut grow sel">
                <bdi>{data.subject || t('support:noSubject')}</bdi>
              </h2>
              {data.number !== null && (
                <span className="t3 meta num sel">{t('conversation:number', { number: data.number })}</span>
              )}
            </div>
            <div className="x">
              <span className="tag lg">{t(`common:status.${data.status}`)}</span>
              {session.mayWrite && !data.partly && <SessionWork conversation={data} onChanged={refetch} />}
            </div>
            {data.partly && (
              <p className="t3 meta x">
                <Icon icon={Lock} small />
                {t('support:partly')}
              </p>
            )}
          </div>
          <div className="scroll" tabIndex={0}>
            <ol className="ses-thread">
              {items.map((item) =>
                item.message ? (
                  <MessageCard key={item.message.id} message={item.message} full={full} />
                ) : (
                  item.note && (
                    <li key={`n${item.note.noteId}`} className="ses-msg note">
                      <div className="msg-head">
                        <Icon icon={StickyNote} small />
                        <bdi className="medium">{item.note.author}</bdi>
                        <span className="meta">{t('support:note')}</span>
                        <Time at={item.note.at} form="message" className="t3 meta push nowrap" />
                      </div>
                      <div className="ses-body">
                        <p className="ses-text">{item.note.text}</p>
                      </div>
                    </li>
                  )
                ),
              )}
            </ol>
            {full && data.customerId !== null && <Profile id={data.customerId} />}
          </div>
        </>
      )}
      <LinkTarget />
      <div className="roc">
        {session.mayWrite && data && !data.partly ? (
          <NoteForm conversationId={data.id} onAdded={refetch} />
        ) : (
          <>
            <Icon icon={Lock} />
            <div className="grow">
              <div className="medium">{t('support:readOnly')}</div>
              <div className="meta t2">{t('support:readOnlyText')}</div>
            </div>
          </>
        )}
      </div>
    </section>
  )
}
