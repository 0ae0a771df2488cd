import { useShortcutStore, type ShortcutGroup } from '../state/shortcuts'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Dialog } from '../ui/dialog'
import { Kbd } from '../ui/kbd'

const groups: readonly ShortcutGroup[] = ['everywhere', 'go', 'list', 'conversation', 'composer', 'program']

/** Every shortcut that works here and now, out of the one registry. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  const shortcuts = useShortcutStore((state) => state.shortcuts)
  const letters = useShortcutStore((state) => state.letters)
  return (
    <Dialog open onClose={onClose} title={t('common:shortcuts.title')} wide>
      {!letters && <Banner>{t('common:shortcuts.off')}</Banner>}
      <div className="keysheet" role="group" aria-label={t('common:shortcuts.title')} tabIndex={0}>
        {groups.map((group) => {
          // An act stands once: it may have two keys, and two registrations (list and conversation).
          const rows = Map.groupBy(
            shortcuts.filter((shortcut) => shortcut.group === group),
            ({ label }) => label,
          )
          return (
            rows.size > 0 && (
              <section key={group}>
                <h3>{t(`common:shortcuts.groups.${group}`)}</h3>
                <dl>
                  {[...rows].map(([label, same]) => (
                    <div key={label}>
                      <dt>{label}</dt>
                      <dd>
                        {[...new Set(same.map(({ keys }) => keys))].map((keys) => (
                          <span key={keys}>
                            <Kbd keys={keys} />
                            <span className="sr">{keys}</span>
                          </span>
                        ))}
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
