import { textSizes, usualTextSize, type Settings } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { applyTheme } from '../state/window'
import { t } from '../text'
import { percentText } from '../text/numbers'
import { Segmented, Select } from '../ui/field'
import { keep } from '../state/keep'
import { ValuesPage } from './page'
import { Group, Row } from './row'

async function setTheme(theme: Settings['theme']): Promise<void> {
  applyTheme(theme)
  // the app keeps it too, so that the window opens in it before the store is there
  await Promise.all([keep({ theme }), call('app.setTheme', { theme }).catch(() => undefined)])
}

/** How the window looks. Each change acts at once. */
export function Appearance() {
  return <ValuesPage title={t('settings:pages.appearance')}>{(values) => <Fields settings={values} />}</ValuesPage>
}

function Fields({ settings }: { settings: Settings }) {
  const size = useQuery('app.state', {}).data?.textSize ?? usualTextSize
  return (
    <>
      <Group>
        <Row title={t('settings:general.theme')} text={t('settings:general.themeHint')}>
          {() => (
            <Segmented
              label={t('settings:general.theme')}
              value={settings.theme}
              options={(['system', 'light', 'dark'] as const).map((value) => ({
                value,
                label: t(`settings:general.themes.${value}`),
              }))}
              onChange={(theme) => void setTheme(theme)}
            />
          )}
        </Row>
        <Row title={t('settings:general.textSize')} text={t('settings:general.textSizeHint')}>
          {({ labelledBy, describedBy }) => (
            <Select
              value={String(size)}
              aria-labelledby={labelledBy}
              aria-describedby={describedBy}
              options={textSizes.map((one) => ({ value: String(one), label: percentText(one / 100) }))}
              onChange={(event) => {
                const chosen = textSizes.find((one) => String(one) === event.target.value)
                if (chosen) void call('app.setTextSize', { size: chosen }).catch(tellFailure)
              }}
            />
          )}
        </Row>
        <Row title={t('settings:general.density')} text={t('settings:general.densityHint')}>
          {() => (
            <Segmented
              label={t('settings:general.density')}
              value={settings.density}
              options={(['comfortable', 'compact'] as const).map((value) => ({
                value,
                label: t(`settings:general.densities.${value}`),
              }))}
              onChange={(density) => void keep({ density })}
            />
          )}
        </Row>
      </Group>
    </>
  )
}
