import { lazy, Suspense, useEffect, type ComponentType, type CSSProperties } from 'react'
import { ListPane } from '../inbox/list-pane'
import { NoSelection } from '../inbox/no-selection'
import { useQuery } from '../live'
import { isProfilePane, isRail, listWidthOf, profileWidthOf, useLayout } from '../state/layout'
import { startNotices } from '../state/notices'
import { startPresence } from '../state/presence'
import { usePlaces, type Place } from '../state/places'
import { keepLayout, showHelp, showPalette, useWindow } from '../state/window'
import { t } from '../text'
import { later, Opening } from '../ui/later'
import { ToastHost } from '../ui/toast'
import { TooltipLayer } from '../ui/tooltip'
import { Commands } from './commands'
import { ConversationPane, NewMessagePane } from './conversation-pane'
import { CustomerPane } from './customer-pane'
import { DamagedJournal, useJournalDamage } from './damaged-journal'
import { PaneGuard } from './pane-guard'
import { findPage, settingsPages } from './settings-pages'
import { SettingsSidebar } from './settings-sidebar'
import { Sidebar } from './sidebar'
import { SignInNotice, useEndingSignIn } from './sign-in-notice'
import { StoppedMail } from './stopped-mail'
import { StoppedSend } from './stopped-send'
import { TitleBar } from './title-bar'
import { useMailboxes } from '../work/mailboxes'

const palettes = later(() => import('../search/palette').then((module) => module.Palette), Opening)
const helpDialogs = later(() => import('./help-dialog').then((module) => module.HelpDialog), Opening)
/** Fetches the code of the palette ahead of the first Ctrl K: what is typed on is meant for it. */
export const preparePalette = palettes.prepare

const SearchPage = lazy(() => import('../search/search-page').then((module) => ({ default: module.SearchPage })))
const AddMailbox = lazy(() => import('../setup/add-mailbox').then((module) => ({ default: module.AddMailbox })))

/** Custom properties that the stylesheet reads; React's type of `style` knows only standard ones. */
function widths(list: number, profile: number): CSSProperties {
  return Object.fromEntries([
    ['--w-list', `${list}px`],
    ['--w-profile', `${profile}px`],
  ])
}

/** The window once the store is open: title bar, sidebar, and the place where the person is. */
export function MainWindow({
  platform,
  maximized,
  mailStopped,
}: {
  platform: 'mac' | 'windows' | 'linux'
  maximized: boolean
  mailStopped: boolean
}) {
  const rail = useLayout(isRail)
  const { palette, help } = useWindow()
  const journalDamaged = useJournalDamage()
  const mailboxes = useMailboxes()
  const ending = useEndingSignIn(mailboxes)
  const noticed = mailStopped || journalDamaged || ending !== null
  useEffect(startNotices, [])
  useEffect(startPresence, [])
  useEffect(keepLayout, [])
  useEffect(() => {
    const measure = () => useLayout.getState().measure(window.innerWidth)
    measure()
    window.addEventListener('resize', measure)
    return () => window.removeEventListener('resize', measure)
  }, [])
  return (
    <div className={`window${noticed ? ' noticed' : ''}`} data-sidebar={rail ? 'rail' : 'full'}>
      <TitleBar platform={platform} maximized={maximized} />
      {noticed && (
        <aside aria-label={t('common:warnings')}>
          {mailStopped && <StoppedMail />}
          {journalDamaged && <DamagedJournal />}
          {ending && <SignInNotice {...ending} />}
        </aside>
      )}
      <Panes />
      <Commands />
      <StoppedSend />
      <TooltipLayer />
      {palette && <palettes.Shown pages={palettePages()} onClose={() => showPalette(false)} />}
      {help && <helpDialogs.Shown onClose={() => showHelp(false)} />}
    </div>
  )
}

const palettePages = () => settingsPages.map(({ id, icon }) => ({ id, icon, name: t(`settings:pages.${id}`) }))

function Panes() {
  const place = usePlaces((state) => state.place)
  const listWidth = useLayout(listWidthOf)
  const profileWidth = useLayout(profileWidthOf)
  const profilePane = useLayout(isProfilePane)
  // Its steps stand where the sidebar is elsewhere.
  if (place.kind === 'add-mailbox')
    return (
      <main className="panes bare">
        <PaneGuard page resetKey="add-mailbox">
          <Suspense fallback={<section className="pane" />}>
            <AddMailbox />
          </Suspense>
        </PaneGuard>
        <ToastHost />
      </main>
    )
  const inbox = place.kind === 'inbox' || place.kind === 'new-message'
  const withProfile = profilePane && place.kind === 'inbox' && place.conversationId !== null
  // One element for all of them: the sidebar stays from one to the other.
  return (
    <main
      className={`panes ${inbox ? 'inbox' : 'page'}${withProfile ? ' with-profile' : ''}`}
      style={inbox ? widths(listWidth, profileWidth) : undefined}
    >
      {place.kind === 'settings' ? <SettingsSidebar address={place.page} /> : <Sidebar />}
      {inbox ? (
        <InboxPanes place={place} withProfile={withProfile} />
      ) : (
        <PaneGuard page resetKey={place.kind === 'settings' ? `settings ${place.page}` : place.kind}>
          <Suspense fallback={<section className="pane" />}>
            <Page place={place} />
          </Suspense>
        </PaneGuard>
      )}
      <ToastHost />
    </main>
  )
}

function Page({
  place,
}: {
  place: Exclude<Place, { kind: 'inbox' } | { kind: 'new-message' } | { kind: 'add-mailbox' }>
}) {
  switch (place.kind) {
    case 'search':
      return <SearchPage text={place.text} />
    case 'settings':
      return <SettingsPage address={place.page} />
  }
}

function SettingsPage({ address }: { address: string | null }) {
  const { id, part } = findPage(address)
  const Shown: ComponentType<{ part: string | null }> | undefined = settingsPages.find((page) => page.id === id)?.page
  return Shown ? <Shown part={part} /> : null
}

function InboxPanes({
  place,
  withProfile,
}: {
  place: Extract<Place, { kind: 'inbox' } | { kind: 'new-message' }>
  withProfile: boolean
}) {
  const list = usePlaces((state) => state.list)
  const density = useQuery('settings.get', {}).data?.density ?? 'comfortable'
  const over = useLayout((state) => state.profileOver)
  const openId = place.kind === 'inbox' ? place.conversationId : null
  return (
    <>
      <ListPane
        view={list.view}
        mailboxId={list.mailboxId}
        tag={list.tag}
        label={list.label}
        saved={list.saved}
        density={density}
      />
      <PaneGuard resetKey={`${place.kind} ${openId}`}>
        <Suspense fallback={<section className="pane" />}>
          {place.kind === 'new-message' ? (
            <NewMessagePane key={place.draftId} draftId={place.draftId} />
          ) : openId === null ? (
            <NoSelection view={list.view} />
          ) : (
            <ConversationPane id={openId} />
          )}
        </Suspense>
      </PaneGuard>
      {openId !== null && (withProfile || over) && (
        <PaneGuard resetKey={String(openId)}>
          <CustomerPane conversationId={openId} over={!withProfile} />
        </PaneGuard>
      )}
    </>
  )
}
