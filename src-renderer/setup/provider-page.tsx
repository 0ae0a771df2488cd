import { sameAddress } from '../../src-preload/contract/address'
import { Server } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { addressesOf, type FoundSettings } from '../../src-preload/contract'
import { call } from '../client'
import { goSettings } from '../state/places'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { Icon } from '../ui/icon'
import { ChoiceCards } from './choice-cards'
import { isAddress } from './guess'
import { SetupFrame } from './setup-frame'
import { useMailboxes } from '../work/mailboxes'

export const choices = ['google', 'microsoft', 'other'] as const
export type ProviderChoice = (typeof choices)[number]

/** A pause in typing after which settings are looked for, in ms. */
const pauseMs = 500

interface Look {
  address: string
  found: FoundSettings | null
}

/** Looks for settings at each pause of typing; what was found for another address is not shown. */
function useSettings(address: string): { looking: boolean; look: Look | null } {
  const [look, setLook] = useState<Look | null>(null)
  const wanted = isAddress(address) ? address.trim() : ''
  useEffect(() => {
    if (wanted === '') return undefined
    let stopped = false
    const find = async (): Promise<FoundSettings | null> => {
      try {
        return (await call('app.findSettings', { address: wanted })).found
      } catch {
        // Nothing found is no failure here: the person knows better.
        return null
      }
    }
    const timer = setTimeout(() => {
      void (async () => {
        const found = await find()
        if (!stopped) setLook({ address: wanted, found })
      })()
    }, pauseMs)
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [wanted])
  const mine = look?.address === wanted ? look : null
  return { looking: wanted !== '' && !mine, look: mine }
}

const choiceOf = (found: FoundSettings | null): ProviderChoice =>
  choices.find((one) => one === found?.provider?.id) ?? 'other'

function foundText({ found }: Look): string {
  if (!found) return t('accounts:provider.none')
  return found.source === 'known' || found.source === 'exchanger'
    ? t('accounts:provider.known', { name: found.provider?.name ?? found.settings.imap.host })
    : t(`accounts:provider.${found.source}`)
}

/** Whose mailbox it is: the address, what was found for it, and the choice. */
export function ProviderPage({
  first,
  notice,
  address: begin,
  choice: chosen,
  onLeave,
  onNext,
}: {
  first: boolean
  notice?: ReactNode
  address: string
  choice: ProviderChoice | null
  onLeave: (() => void) | null
  onNext: (next: { address: string; choice: ProviderChoice; found: FoundSettings | null }) => void
}) {
  const [address, setAddress] = useState(begin)
  const [picked, setPicked] = useState<ProviderChoice | null>(chosen)
  const [left, setLeft] = useState(false)
  const { looking, look } = useSettings(address)
  const match = look?.found ? choiceOf(look.found) : null
  const choice = picked ?? match ?? (look ? 'other' : null)
  // Also one of its further addresses, or one that is kept for imported mail: an address belongs to one mailbox.
  const here = useMailboxes().find((one) => addressesOf(one).some((own) => sameAddress(own, address)))
  const good = isAddress(address) && here === undefined
  const next = () => {
    if (!good) return setLeft(true)
    const going = choice ?? 'other'
    const found = look?.found ?? null
    return onNext({ address: address.trim(), choice: going, found: found && choiceOf(found) === going ? found : null })
  }
  return (
    <SetupFrame
      region={t('accounts:provider.region')}
      title={t(first ? 'accounts:provider.firstTitle' : 'accounts:provider.title')}
      text={t(first ? 'accounts:provider.firstText' : 'accounts:provider.text')}
      onSubmit={next}
      onBack={onLeave}
      foot={
        <>
          <span className="push" />
          {onLeave && (
            <Button kind="ghost" size="lg" keys="Escape" onClick={onLeave}>
              {t('accounts:provider.cancel')}
            </Button>
          )}
          <Button submit size="lg" kind="primary" keys="Enter" disabled={!good}>
            {t('accounts:provider.next')}
          </Button>
        </>
      }
    >
      {notice}
      <Field
        label={t('accounts:provider.address')}
        error={left && address.trim() !== '' && !isAddress(address) ? t('accounts:provider.badAddress') : undefined}
      >
        {(ids) => (
          <Input
            {...ids}
            type="email"
            autoFocus
            value={address}
            spellCheck={false}
            autoComplete="off"
            dir="ltr"
            busy={looking}
            onChange={(event) => {
              setAddress(event.target.value)
              setPicked(null)
            }}
            onBlur={() => setLeft(true)}
            end={
              <span className="push meta t3 nowrap" role="status">
                {looking ? t('accounts:provider.looking') : look ? foundText(look) : ''}
              </span>
            }
          />
        )}
      </Field>
      {here && (
        <Banner
          kind="warn"
          actions={
            !here.local && (
              <Button onClick={() => goSettings(`mailboxes/${here.id}`)}>{t('accounts:provider.hereOpen')}</Button>
            )
          }
        >
          {t(here.local ? 'accounts:provider.hereImported' : 'accounts:provider.here', { name: here.name })}
        </Banner>
      )}
      <ChoiceCards
        label={t('accounts:provider.choices')}
        value={choice}
        onChange={setPicked}
        onSure={next}
        choices={choices.map((id) => ({
          id,
          title: t(`accounts:provider.${id}`),
          text: t(`accounts:provider.${id}Text`),
          mark: id === 'other' ? <Icon icon={Server} /> : id === 'google' ? 'G' : 'M',
          colour: { google: 'c-sky', microsoft: 'c-teal', other: 'c-stone' }[id],
          end: match === id && <span className="chip acc">{t('accounts:provider.matches')}</span>,
        }))}
      />
    </SetupFrame>
  )
}
