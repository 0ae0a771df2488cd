import { acts, entryOf, keyWords, keysOf, type ShortcutGroup } from '../state/keymap'
import { goSettings } from '../state/places'
import { useKeys } from '../state/shortcuts'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Kbd } from '../ui/kbd'

const groups: readonly ShortcutGroup[] = ['everywhere', 'go', 'list', 'conversation', 'composer', 'program']

/** Every shortcut, with the keys that the person chose. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  const own = useKeys((keys) => keys.own)
  const letters = useKeys((keys) => keys.letters)
  const change = () => {
    onClose()
    goSettings('shortcuts')
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('common:shortcuts.title')}
      wide
      className="help"
      foot={
        <Button size="lg" onClick={change}>
          {t('common:shortcuts.change')}
        </Button>
      }
    >
      {!letters && <Banner>{t('common:shortcuts.off')}</Banner>}
      <div className="keys-scroll inset-focus" role="group" aria-label={t('common:shortcuts.title')} tabIndex={0}>
        <div className="keysheet">
          {groups.map((group) => (
            <section key={group}>
              <h3>{t(`common:shortcuts.groups.${group}`)}</h3>
              <dl>
                {acts
                  .filter((act) => entryOf(act).group === group && keysOf(act, own).length > 0)
                  .map((act) => (
                    <div key={act}>
                      <dt>{t(entryOf(act).label)}</dt>
                      <dd>
                        {keysOf(act, own).map((keys) => (
                          <span key={keys}>
                            <Kbd keys={keys} />
                            <span className="sr">{keyWords(keys)}</span>
                          </span>
                        ))}
                      </dd>
                    </div>
                  ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </Dialog>
  )
}
