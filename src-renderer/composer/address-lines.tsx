import { useState, type Ref } from 'react'
import type { DraftContent } from '../../src-preload/contract'
import { t } from '../text'
import { RecipientField } from './recipient-field'

type People = Pick<DraftContent, 'to' | 'cc' | 'bcc'>

/** To, and Cc and Bcc when they are wanted or filled. `from` stands before To in the reply, on a line of its own otherwise. */
export function AddressLines({
  people,
  onChange,
  from,
  inline,
  toRef,
  focusTo = false,
}: {
  people: People
  onChange: (change: Partial<People>) => void
  from: React.ReactNode
  inline: boolean
  toRef?: Ref<HTMLInputElement> | undefined
  focusTo?: boolean
}) {
  const [cc, setCc] = useState(false)
  const [bcc, setBcc] = useState(false)
  const withCc = cc || people.cc.length > 0
  const withBcc = bcc || people.bcc.length > 0
  const more = (
    <span className="x c-more">
      {!withCc && (
        <button type="button" className="link" onClick={() => setCc(true)}>
          {t('composer:addCc')}
        </button>
      )}
      {!withBcc && (withCc || !inline) && (
        <button type="button" className="link" onClick={() => setBcc(true)}>
          {t('composer:addBcc')}
        </button>
      )}
    </span>
  )
  const to = (
    <RecipientField
      label={t('composer:to')}
      people={people.to}
      onChange={(next) => onChange({ to: next })}
      inputRef={toRef}
      autoFocus={focusTo}
      end={more}
    />
  )
  return (
    <div className={`c-addresses${inline ? ' inline' : ''}`}>
      {inline ? (
        <div className="c-line">
          {from}
          {to}
        </div>
      ) : (
        <>
          {from && <div className="c-addr">{from}</div>}
          {to}
        </>
      )}
      {withCc && (
        <RecipientField
          label={t('composer:cc')}
          people={people.cc}
          onChange={(next) => onChange({ cc: next })}
          autoFocus={cc && people.cc.length === 0}
        />
      )}
      {withBcc && (
        <RecipientField
          label={t('composer:bcc')}
          people={people.bcc}
          onChange={(next) => onChange({ bcc: next })}
          autoFocus={bcc && people.bcc.length === 0}
        />
      )}
    </div>
  )
}
