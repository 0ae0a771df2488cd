import { useRef, useState, type KeyboardEvent } from 'react'
import type { Settings } from '../../src-preload/contract'
import { holderOf, refusal } from '../state/change-keys'
import {
  chordOf,
  entryOf,
  isMac,
  keyWords,
  keysOf,
  onlyLetters,
  sequenceMs,
  type Act,
  type OwnKeys,
} from '../state/keymap'
import { t } from '../text'
import { ActDialog } from '../ui/act-dialog'
import { Button } from '../ui/button'
import { Kbd } from '../ui/kbd'

/** Keys that move on in the dialog itself. */
const leaves = new Set(['Escape', 'Tab', 'shift+Tab', 'Enter'])
const heldAlone = new Set(['Control', 'Shift', 'Alt', 'AltGraph', 'Meta', 'CapsLock'])
const nameless = new Set(['Dead', 'Unidentified', 'Process'])

const nameOf = (act: Act): string => t(entryOf(act).label)

/** What stands in the way of the keys, or what they would do. */
function words(act: Act, keys: string, own: OwnKeys): { bad: boolean; text: string } {
  const no = refusal(act, keys, own, isMac())
  const holder = holderOf(act, keys, own)
  if (no?.why === 'reserved')
    return { bad: true, text: t(isMac() ? 'keys:dialog.reservedMac' : 'keys:dialog.reserved') }
  if (no?.why === 'editing') return { bad: true, text: t('keys:dialog.editing') }
  if (no?.why === 'needs-held')
    return { bad: true, text: t(isMac() ? 'keys:dialog.needsHeldMac' : 'keys:dialog.needsHeld') }
  if (no?.why === 'fixed') return { bad: true, text: t('keys:dialog.isFixed', { name: nameOf(no.by) }) }
  if (no?.why === 'begins') return { bad: true, text: t('keys:dialog.begins', { name: nameOf(no.by) }) }
  if (holder) return { bad: false, text: t('keys:dialog.holder', { name: nameOf(holder) }) }
  return { bad: false, text: t(keysOf(act, own).includes(keys) ? 'keys:dialog.own' : 'keys:dialog.free') }
}

/** Chooses the keys of an act by pressing them. */
export function KeysDialog({
  act,
  own,
  onChange,
  onClose,
}: {
  act: Act
  own: Settings['keys']
  onChange: (act: Act, keys: readonly string[], text: string) => Promise<void>
  onClose: () => void
}) {
  const [keys, setKeys] = useState<string | null>(null)
  const [unknown, setUnknown] = useState(false)
  const pressedAt = useRef(0)
  const name = nameOf(act)
  const now = keysOf(act, own)
  const holder = keys === null ? null : holderOf(act, keys, own)
  const said = keys === null ? null : words(act, keys, own)
  const press = (event: KeyboardEvent) => {
    const chord = chordOf(event, isMac())
    if (leaves.has(chord) || heldAlone.has(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    if (event.repeat) return
    setUnknown(nameless.has(event.key) || event.nativeEvent.isComposing)
    if (nameless.has(event.key) || event.nativeEvent.isComposing) return setKeys(null)
    const begun =
      keys !== null && !keys.includes(' ') && onlyLetters(keys) && event.timeStamp - pressedAt.current < sequenceMs
    pressedAt.current = event.timeStamp
    return setKeys(begun ? `${keys} ${chord}` : chord)
  }
  const take = async () => {
    if (keys === null) return
    const told = { name, keys: keyWords(keys) }
    await onChange(act, [keys], holder ? t('keys:taken', { ...told, other: nameOf(holder) }) : t('keys:changed', told))
  }
  return (
    <ActDialog
      title={t('keys:dialog.title', { name })}
      description={t('keys:dialog.text')}
      act={holder && !said?.bad ? t('keys:dialog.take', { name: nameOf(holder) }) : t('keys:dialog.use')}
      ready={keys !== null && said?.bad === false && !now.includes(keys)}
      work={take}
      status={
        now.length > 0 && (
          <span className="grow">
            <Button
              size="lg"
              onClick={() => {
                void onChange(act, [], t('keys:removed', { name }))
                onClose()
              }}
            >
              {t('keys:dialog.remove')}
            </Button>
          </span>
        )
      }
      onClose={onClose}
    >
      <span className={`input keys-catch${said?.bad || unknown ? ' bad' : ''}`}>
        {keys !== null && <Kbd keys={keys} />}
        <input
          autoFocus
          readOnly
          value=""
          placeholder={keys === null ? t('keys:dialog.wait') : ''}
          aria-label={t('keys:dialog.field', { name })}
          aria-describedby="keys-said"
          onKeyDown={press}
        />
      </span>
      <p id="keys-said" role="status" className={said?.bad || unknown ? 'bad' : 't2'}>
        {unknown
          ? t('keys:dialog.unknown')
          : said === null
            ? t('keys:dialog.now', { keys: now.map((one) => keyWords(one)).join(', ') || t('keys:none') })
            : said.text}
        {keys !== null && <span className="sr"> {keyWords(keys)}</span>}
      </p>
    </ActDialog>
  )
}
