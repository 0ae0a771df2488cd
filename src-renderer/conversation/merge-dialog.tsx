import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Conversation, Status } from '../../src-preload/contract'
import { ask } from '../client'
import { tellFailure } from '../state/acts'
import { mergeConversations } from '../state/threads'
import { t } from '../text'
import { ActDialog } from '../ui/act-dialog'
import { Field, Input } from '../ui/field'
import { Time } from '../ui/time'

const pauseMs = 80
const most = 20

interface Candidate {
  id: number
  subject: string
  person: string
  status: Status
  at: number
}

/** What is typed, looked for in all mail; the newest text wins. */
function useFound(text: string): readonly Candidate[] | null {
  const [found, setFound] = useState<readonly Candidate[] | null>(null)
  const wanted = useRef('')
  useEffect(() => {
    const asked = text.trim()
    wanted.current = asked
    if (asked === '') {
      setFound(null)
      return undefined
    }
    const timer = setTimeout(() => {
      ask('search.query', { text: asked, offset: 0, limit: most }).then(({ hits }) => {
        if (wanted.current !== asked) return
        const byId = new Map(
          hits.map((hit): [number, Candidate] => [
            hit.conversationId,
            {
              id: hit.conversationId,
              subject: hit.subject.join(''),
              person: hit.person.join(''),
              status: hit.status,
              at: hit.at,
            },
          ]),
        )
        setFound([...byId.values()])
      }, tellFailure)
    }, pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return found
}

/** The conversations of the same customer; none without one. */
function useSameCustomer(customerId: number | null): readonly Candidate[] {
  const [same, setSame] = useState<readonly Candidate[]>([])
  useEffect(() => {
    if (customerId === null) return
    ask('customers.get', { id: customerId }).then(
      ({ name, conversations }) =>
        setSame(conversations.map(({ lastAt, ...one }) => ({ ...one, at: lastAt, person: name }))),
      tellFailure,
    )
  }, [customerId])
  return same
}

/** Chooses the conversation that this one is merged into: of the same customer first, any other by search. */
export function MergeDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<number | null>(null)
  const found = useFound(text)
  const { customerId } = conversation
  const same = useSameCustomer(customerId)
  const candidates = (found ?? same).filter(({ id }) => id !== conversation.id).slice(0, most)
  const sameIds = new Set(same.map(({ id }) => id))
  const target = candidates.some(({ id }) => id === chosen) ? chosen : null
  return (
    <ActDialog
      onClose={onClose}
      title={t('threads:mergeTitle')}
      description={t('threads:mergeText')}
      act={t('threads:mergeDo')}
      ready={target !== null}
      work={async () => (await mergeConversations([conversation.id], target)) && undefined}
    >
      <Field label={t('threads:mergeFind')}>
        {(ids) => (
          <Input
            {...ids}
            icon={Search}
            value={text}
            dir="auto"
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <fieldset className="merge-list">
        <legend className="meta t3">{t(found ? 'threads:mergeFound' : 'threads:mergeSame')}</legend>
        {candidates.length === 0 && (
          <p className="hint" role="status">
            {t(found ? 'threads:mergeNone' : 'threads:mergeNoneYet')}
          </p>
        )}
        {candidates.map((one) => (
          <label key={one.id} className="merge-row">
            <input
              type="radio"
              className="radio"
              name="merge-into"
              checked={one.id === target}
              onChange={() => setChosen(one.id)}
              aria-label={t('threads:mergeInto', { subject: one.subject || t('common:noSubject'), person: one.person })}
            />
            <span className="merge-text">
              <bdi className="medium cut">{one.subject || t('common:noSubject')}</bdi>
              <span className="x g2 t3 meta">
                <bdi className="cut">{one.person}</bdi>
                {found && customerId !== null && !sameIds.has(one.id) && (
                  <span className="chip sm warn">{t('threads:otherCustomer')}</span>
                )}
                <span className="push nowrap">{t(`status.${one.status}`)}</span>
                <Time at={one.at} form="search" className="nowrap" />
              </span>
            </span>
          </label>
        ))}
      </fieldset>
    </ActDialog>
  )
}
