import { ChevronLeft, ChevronRight, Keyboard, PanelLeft, Search, X } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { call } from '../client'
import { useQuery } from '../live'
import { afterPaint } from '../state/after-paint'
import { isRail, useLayout } from '../state/layout'
import { goSearch, goSettings, goBack, usePlaces } from '../state/places'
import { useSearch } from '../state/search'
import { showHelp } from '../state/window'
import { t } from '../text'
import { Avatar } from '../ui/avatar'
import { IconButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'

/** Title bar: drags the window except on its controls; draws the window's buttons where the system does not. */
export function TitleBar({ platform, maximized }: { platform: 'mac' | 'windows' | 'linux'; maximized: boolean }) {
  const hasPast = usePlaces((state) => state.past.length > 0)
  const hasFuture = usePlaces((state) => state.future.length > 0)
  const rail = useLayout(isRail)
  const name = useQuery('settings.get', {}).data?.agentName
  return (
    <header className="titlebar">
      <div className="tb-start">
        <IconButton
          icon={PanelLeft}
          flip
          label={t(rail ? 'common:titlebar.showSidebar' : 'common:titlebar.hideSidebar')}
          act="sidebar"
          onClick={() => useLayout.getState().toggleSidebar()}
        />
        <IconButton icon={ChevronLeft} flip label={t('common:back')} act="back" disabled={!hasPast} onClick={goBack} />
        <IconButton
          icon={ChevronRight}
          flip
          label={t('common:forward')}
          act="forward"
          disabled={!hasFuture}
          onClick={() => usePlaces.getState().forward()}
        />
      </div>
      <SearchField />
      <div className="tb-end">
        <IconButton icon={Keyboard} label={t('common:titlebar.shortcuts')} act="help" onClick={() => showHelp(true)} />
        {name && (
          <button
            type="button"
            className="tb-you"
            aria-label={t('common:titlebar.you', { name })}
            data-tip={t('common:titlebar.you', { name })}
            onClick={() => goSettings()}
          >
            <Avatar name={name} />
          </button>
        )}
        {platform !== 'mac' && <WindowButtons maximized={maximized} />}
      </div>
    </header>
  )
}

/** The title bar of screens that come before the window: drags it and closes it, nothing else. */
export function BareTitleBar({ platform, maximized }: { platform: 'mac' | 'windows' | 'linux'; maximized: boolean }) {
  return (
    <header className="titlebar">
      <div className="tb-start" />
      <div />
      <div className="tb-end">{platform !== 'mac' && <WindowButtons maximized={maximized} />}</div>
    </header>
  )
}

function SearchField() {
  const searched = usePlaces((state) => (state.place.kind === 'search' ? state.place.text : null))
  const active = useSearch((state) => state.activeId)
  const shown = searched ?? ''
  // typing must never wait for the results to be drawn, so the field has its own text
  const [text, setText] = useState(shown)
  useEffect(() => setText(shown), [shown])
  const callOff = useRef(() => {})
  const change = (value: string) => {
    setText(value)
    callOff.current()
    if (searched !== null) goSearch(value)
    // another page takes a while to draw, and the letter must not wait for it either
    else if (value !== '') callOff.current = afterPaint(() => goSearch(value))
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const hands = useSearch.getState().hands
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      hands?.move(event.key === 'ArrowDown' ? 1 : -1)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (searched === null) goSearch(text)
      else if (hands) {
        event.currentTarget.blur()
        hands.open()
      }
    } else if (event.key === 'Escape') {
      event.preventDefault()
      if (text !== '') change('')
      else {
        event.currentTarget.blur()
        if (searched !== null) goBack()
      }
    }
  }
  const results = searched !== null && active !== null
  return (
    <div className="tb-search" role="search">
      <Icon icon={Search} small />
      <input
        type="search"
        value={text}
        placeholder={t('common:titlebar.search')}
        aria-label={t('common:titlebar.searchName')}
        autoComplete="off"
        spellCheck={false}
        aria-controls={results ? 'search-results' : undefined}
        aria-activedescendant={results ? active : undefined}
        // whoever is here is about to type
        onFocus={() => void import('../search/search-page')}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {text !== '' ? (
        <IconButton icon={X} size="sm" label={t('common:titlebar.clearSearch')} onClick={() => change('')} />
      ) : (
        <Kbd act="palette" />
      )}
    </div>
  )
}

function WindowButtons({ maximized }: { maximized: boolean }) {
  const act = (name: 'minimize' | 'maximize' | 'close') => void call('app.window', { act: name })
  const names = {
    minimize: t('common:titlebar.minimize'),
    maximize: t(maximized ? 'common:titlebar.restore' : 'common:titlebar.maximize'),
    close: t('common:titlebar.closeWindow'),
  }
  return (
    <span className="winbtns">
      <button type="button" aria-label={names.minimize} onClick={() => act('minimize')}>
        <svg width="10" height="10" viewBox="0 0 10 10" stroke="currentColor" aria-hidden="true">
          <path d="M0 5.5h10" />
        </svg>
      </button>
      <button type="button" aria-label={names.maximize} onClick={() => act('maximize')}>
        <svg width="10" height="10" viewBox="0 0 10 10" stroke="currentColor" fill="none" aria-hidden="true">
          <path d={maximized ? 'M.5 2.5h7v7h-7zM2.5 2.5v-2h7v7h-2' : 'M.5.5h9v9h-9z'} />
        </svg>
      </button>
      <button type="button" aria-label={names.close} onClick={() => act('close')}>
        <svg width="10" height="10" viewBox="0 0 10 10" stroke="currentColor" aria-hidden="true">
          <path d="m0 0 10 10M10 0 0 10" />
        </svg>
      </button>
    </span>
  )
}
