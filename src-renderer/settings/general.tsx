import type { Settings } from '../../src-preload/contract'
import { t } from '../text'
import { Input, Select } from '../ui/field'
import { keep, tryToKeep, useKept } from '../state/keep'
import { ValuesPage } from './page'
import { Group, Row } from './row'

const undoChoices = [0, 5, 10, 20, 30, 60]
const after = ['closed', 'pending', 'open'] as const

/** The workspace, and what sending does. Each change acts at once. */
export function General() {
  return <ValuesPage title={t('settings:pages.general')}>{(values) => <Fields settings={values} />}</ValuesPage>
}

function Fields({ settings }: { settings: Settings }) {
  const workspace = useKept(settings.workspaceName, (workspaceName) => tryToKeep({ workspaceName }))
  const seconds = undoChoices.includes(settings.undoSeconds)
    ? undoChoices
    : [...undoChoices, settings.undoSeconds].toSorted((a, b) => a - b)
  return (
    <>
      <Group title={t('settings:general.workspace')}>
        <Row title={t('settings:general.workspaceName')} text={t('settings:general.workspaceHint')}>
          {({ labelledBy, describedBy }) => (
            <Input
              {...workspace}
              aria-labelledby={labelledBy}
              aria-describedby={describedBy}
              maxLength={80}
              dir="auto"
              autoComplete="off"
            />
          )}
        </Row>
      </Group>
      <Group title={t('settings:general.sending')}>
        <Row title={t('settings:general.undo')} text={t('settings:general.undoHint')}>
          {({ labelledBy, describedBy }) => (
            <Select
              aria-labelledby={labelledBy}
              aria-describedby={describedBy}
              value={String(settings.undoSeconds)}
              options={seconds.map((n) => ({
                value: String(n),
                label: n === 0 ? t('settings:general.undoNone') : t('settings:general.undoSeconds', { n }),
              }))}
              onChange={(event) => void keep({ undoSeconds: Number(event.target.value) })}
            />
          )}
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
                if (afterSend) void keep({ afterSend })
              }}
            />
          )}
        </Row>
      </Group>
    </>
  )
}
