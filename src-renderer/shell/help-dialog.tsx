import { useShortcutStore, type Shortcut, type ShortcutGroup } from '../state/shortcuts'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Dialog } from '../ui/dialog'
import { Kbd } from '../ui/kbd'

const groups: readonly ShortcutGroup[] = ['everywhere', 'go', 'list', 'conversation', 'composer']

/** Every shortcut that works here and now, out of the one registry. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  const shortcuts = useShortcutStore((state) => state.shortcuts)
  const letters = useShortcutStore((state) => state.letters)
  // the same act may have two registrations (list and conversation); it is listed once
  const unique = [
    ...new Map<string, Shortcut>(
      shortcuts.map((shortcut) => [`${shortcut.keys} ${shortcut.label}`, shortcut]),
    ).values(),
  ]
  return (
    <Dialog open onClose={onClose} title={t('common:shortcuts.title')} wide>
      {!letters && <Banner>{t('common:shortcuts.off')}</Banner>}
      <div className="keysheet" role="group" aria-label={t('common:shortcuts.title')} tabIndex={0}>
        {groups.map((group) => {
          const rows = unique.filter((shortcut) => shortcut.group === group)
          return (
            rows.length > 0 && (
              <section key={group}>
                <h3>{t(`common:shortcuts.groups.${group}`)}</h3>
                <dl>
                  {rows.map((row) => (
                    <div key={row.id}>
                      <dt>{row.label}</dt>
                      <dd>
                        <Kbd keys={row.keys} />
                        <span className="sr">{row.keys}</span>
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            )
          )
        })}
      </div>
    </Dialog>
  )
}
