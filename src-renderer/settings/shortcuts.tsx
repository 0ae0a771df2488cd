import type { Settings } from '../../src-preload/contract'
import { showHelp } from '../state/window'
import { t } from '../text'
import { Button } from '../ui/button'
import { Switch } from '../ui/field'
import { keep } from './keep'
import { ValuesPage } from './page'
import { Group, Row } from './row'

/** Which keys act. The list of all of them opens from here. */
export function Shortcuts() {
  return <ValuesPage title={t('settings:pages.shortcuts')}>{(values) => <Fields settings={values} />}</ValuesPage>
}

function Fields({ settings }: { settings: Settings }) {
  return (
    <>
      <Group>
        <Row title={t('settings:general.letters')} text={t('settings:general.lettersHint')}>
          {({ labelledBy, describedBy }) => (
            <Switch
              on={settings.letterShortcuts}
              labelledBy={labelledBy}
              {...(describedBy === undefined ? {} : { describedBy })}
              onChange={(letterShortcuts) => void keep({ letterShortcuts })}
            />
          )}
        </Row>
        <Row title={t('settings:shortcuts.all')} text={t('settings:shortcuts.allHint')}>
          {() => <Button onClick={() => showHelp(true)}>{t('settings:shortcuts.show')}</Button>}
        </Row>
      </Group>
    </>
  )
}
