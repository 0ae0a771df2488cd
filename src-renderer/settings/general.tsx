import { useEffect, useRef, useState, type ChangeEvent } from 'react'
import type { CallInput, Settings } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { beforeClosing } from '../state/closing'
import { showToast } from '../state/toast'
import { applyTheme } from '../state/window'
import { errorText, t } from '../text'
import { Input, Segmented, Select, Switch, TextArea } from '../ui/field'
import { Group, Row } from './row'

const pauseMs = 600
const undoChoices = [0, 5, 10, 20, 30, 60]
const after = ['closed', 'pending', 'open'] as const

async function set(change: CallInput<'settings.set'>): Promise<void> {
  try {
    await call('settings.set', change)
  } catch (thrown) {
    showToast({ text: t('settings:saveFailed', { why: errorText(asCallError(thrown)) }), kind: 'bad' })
  }
}

/** Text that is kept at every pause, when it is left, and when the window closes. */
function useKept(value: string, keep: (value: string) => Promise<void>): { value: string; onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void; onBlur: () => void } {
  const [text, setText] = useState<string | null>(null)
  const work = useRef<{ pending: string | null; timer: ReturnType<typeof setTimeout> | undefined; flush: () => Promise<void> }>({ pending: null, timer: undefined, flush: () => Promise.resolve() })
  useEffect(() => {
    work.current.flush = async () => {
      const { pending, timer } = work.current
      clearTimeout(timer)
      if (pending === null) return
      work.current.pending = null
      await keep(pending)
    }
  })
  useEffect(() => {
    const held = work.current
    const off = beforeClosing(() => held.flush())
    return () => {
      off()
      void held.flush()
    }
  }, [])
  return {
    value: text ?? value,
    onChange: (event) => {
      setText(event.target.value)
      work.current.pending = event.target.value
      clearTimeout(work.current.timer)
      work.current.timer = setTimeout(() => void work.current.flush(), pauseMs)
    },
    onBlur: () => void work.current.flush(),
  }
}

async function setTheme(theme: Settings['theme']): Promise<void> {
  applyTheme(theme)
  // the app keeps it too, so that the window opens in it before the store is there
  await Promise.all([set({ theme }), call('app.setTheme', { theme }).catch(() => undefined)])
}

/** How this installation behaves. Each change acts at once. */
export function General({ settings }: { settings: Settings }) {
  const workspace = useKept(settings.workspaceName, (workspaceName) => set({ workspaceName }))
  const name = useKept(settings.agentName, (agentName) => set({ agentName }))
  const signature = useKept(settings.signature, (value) => set({ signature: value }))
  const seconds = undoChoices.includes(settings.undoSeconds) ? undoChoices : [...undoChoices, settings.undoSeconds].toSorted((a, b) => a - b)
  return (
    <>
      <Group title={t('settings:general.you')}>
        <Row title={t('settings:general.yourName')} text={t('settings:general.yourNameHint')}>
          {({ labelledBy, describedBy }) => <Input {...name} aria-labelledby={labelledBy} aria-describedby={describedBy} maxLength={80} dir="auto" autoComplete="off" />}
        </Row>
        <Row title={t('settings:general.signature')} text={t('settings:general.signatureHint')}>
          {({ labelledBy, describedBy }) => <TextArea {...signature} aria-labelledby={labelledBy} aria-describedby={describedBy} rows={3} maxLength={10_000} dir="auto" />}
        </Row>
      </Group>
      <Group title={t('settings:general.workspace')}>
        <Row title={t('settings:general.workspaceName')} text={t('settings:general.workspaceHint')}>
          {({ labelledBy, describedBy }) => <Input {...workspace} aria-labelledby={labelledBy} aria-describedby={describedBy} maxLength={80} dir="auto" autoComplete="off" />}
        </Row>
      </Group>
      <Group title={t('settings:general.look')}>
        <Row title={t('settings:general.theme')} text={t('settings:general.themeHint')}>
          {() => <Segmented label={t('settings:general.theme')} value={settings.theme} options={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`settings:general.themes.${value}`) }))} onChange={(theme) => void setTheme(theme)} />}
        </Row>
        <Row title={t('settings:general.density')} text={t('settings:general.densityHint')}>
          {() => <Segmented label={t('settings:general.density')} value={settings.density} options={(['comfortable', 'compact'] as const).map((value) => ({ value, label: t(`settings:general.densities.${value}`) }))} onChange={(density) => void set({ density })} />}
        </Row>
      </Group>
      <Group title={t('settings:general.sending')}>
        <Row title={t('settings:general.undo')} text={t('settings:general.undoHint')}>
          {({ labelledBy, describedBy }) => <Select aria-labelledby={labelledBy} aria-describedby={describedBy} value={String(settings.undoSeconds)} options={seconds.map((n) => ({ value: String(n), label: n === 0 ? t('settings:general.undoNone') : t('settings:general.undoSeconds', { n }) }))} onChange={(event) => void set({ undoSeconds: Number(event.target.value) })} />}
        </Row>
        <Row title={t('settings:general.afterSend')} text={t('settings:general.afterSendHint')}>
          {({ labelledBy, describedBy }) => (
            <Select
              aria-labelledby={labelledBy}
              aria-describedby={describedBy}
              value={settings.afterSend}
              options={after.map((value) => ({ value, label: t(`settings:general.after.${value}`) }))}
              onChange={(event) => {
                const afterSend = after.find((one) => one === event.target.value)
                if (afterSend) void set({ afterSend })
              }}
            />
          )}
        </Row>
      </Group>
      <Group title={t('settings:general.keys')}>
        <Row title={t('settings:general.letters')} text={t('settings:general.lettersHint')}>
          {({ labelledBy, describedBy }) => <Switch on={settings.letterShortcuts} labelledBy={labelledBy} {...(describedBy === undefined ? {} : { describedBy })} onChange={(letterShortcuts) => void set({ letterShortcuts })} />}
        </Row>
      </Group>
    </>
  )
}
