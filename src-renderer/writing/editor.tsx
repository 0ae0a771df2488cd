import { EditorContent, useEditor, useEditorState, type Editor } from '@tiptap/react'
import StarterKit from '@tiptap/starter-kit'
import { Bold, Ellipsis, Italic, Link as LinkIcon, List, ListOrdered, Quote, Undo2 } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { chordOf, isMac, keysOf } from '../state/keymap'
import { useKeys } from '../state/shortcuts'
import { t } from '../text'
import { Button, IconButton } from '../ui/button'
import { Input } from '../ui/field'
import type { LucideIcon } from '../ui/icon'
import { Menu } from '../ui/menu'
import { Popover } from '../ui/popover'
import { cleanPaste, hasWords } from './paste'
import { insertPictures, isPicture, Picture, roomIn } from './pictures'
import { toMailHtml, toPlainText } from './rich-text'
import './writing.css'

const words = [
  StarterKit.configure({
    heading: false,
    codeBlock: false,
    horizontalRule: false,
    code: false,
    strike: false,
    trailingNode: false,
    dropcursor: false,
    link: {
      openOnClick: false,
      autolink: true,
      linkOnPaste: true,
      defaultProtocol: 'https',
      protocols: ['http', 'https', 'mailto'],
      HTMLAttributes: { target: null, rel: null },
    },
  }),
]

const withPictures = [...words, Picture]

export interface EditorOptions {
  name: string
  html: string
  /** Whether pictures may stand in the text. */
  pictures: boolean
  onChange: (content: { html: string; text: string }) => void
  /** Files that were pasted or dropped and do not stand in the text. `tooBig`: pictures for which there is no room. */
  onFiles: (files: File[], tooBig: boolean) => void
  /** Told of pictures that are on their way into the text. */
  onReading?: (work: Promise<void>) => void
  onSend: (keepOpen: boolean) => void
  /** Escape was pressed in the text. */
  onLeave?: (text: Element) => void
}

/** Puts the pictures among the files into the text and hands on the others. Settles when all are in either. */
export async function placeFiles(
  editor: Editor,
  files: readonly File[],
  onFiles: EditorOptions['onFiles'],
): Promise<void> {
  const others = files.filter((file) => !isPicture(file))
  if (others.length > 0) onFiles(others, false)
  const left = await insertPictures(editor, files.filter(isPicture))
  if (left.length > 0) onFiles(left, !editor.isDestroyed)
}

/**
 * The rich text editor of a message. What is pasted is cleaned; pictures that are pasted or dropped stand in the text, other
 * files become attachments.
 */
export function useMessageEditor({
  name,
  html,
  pictures,
  onChange,
  onFiles,
  onReading,
  onSend,
  onLeave,
}: EditorOptions): Editor {
  const here = useRef<Editor | null>(null)
  const hands = useRef({ onChange, onFiles, onReading, onSend, onLeave })
  useEffect(() => {
    hands.current = { onChange, onFiles, onReading, onSend, onLeave }
  })
  const place = (files: File[]): true => {
    if (pictures && here.current) hands.current.onReading?.(placeFiles(here.current, files, hands.current.onFiles))
    else hands.current.onFiles(files, false)
    return true
  }
  const editor = useEditor({
    extensions: pictures ? withPictures : words,
    content: html,
    injectCSS: false,
    immediatelyRender: true,
    shouldRerenderOnTransaction: false,
    editorProps: {
      attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': name, class: 'c-text sel', dir: 'auto' },
      transformPastedHTML: (pasted, view) => cleanPaste(pasted, pictures ? roomIn(view.state.doc) : 0),
      handlePaste: (_view, event) => {
        const files = [...(event.clipboardData?.files ?? [])]
        // a spreadsheet or a web page also offers a picture of itself: words win
        if (files.length === 0 || hasWords(event.clipboardData?.getData('text/html') ?? '')) return false
        return place(files)
      },
      handleDrop: (view, event, _slice, moved) => {
        const files = [...(event.dataTransfer?.files ?? [])]
        // a picture of the text that is dragged elsewhere in it is a file too
        if (files.length === 0 || moved) return false
        const at = view.posAtCoords({ left: event.clientX, top: event.clientY })
        // at once: the editor's own command waits for the next frame, and a key pressed before it would go elsewhere
        view.focus()
        if (at) here.current?.commands.focus(at.pos)
        return place(files)
      },
      handleKeyDown: (view, event) => {
        // the editor keeps Escape from everybody else
        if (event.key === 'Escape' && hands.current.onLeave) {
          view.dom.blur()
          hands.current.onLeave(view.dom)
          return true
        }
        const chord = chordOf(event, isMac())
        const { own } = useKeys.getState()
        const keepOpen = keysOf('sendOpen', own).includes(chord)
        if (!keepOpen && !keysOf('send', own).includes(chord)) return false
        hands.current.onSend(keepOpen)
        return true
      },
    },
    onUpdate: ({ editor: now }) =>
      hands.current.onChange({ html: toMailHtml(now.getHTML()), text: toPlainText(now.getJSON()) }),
  })
  useEffect(() => {
    here.current = editor
  }, [editor])
  return editor
}

export function EditorText({ editor }: { editor: Editor }) {
  return <EditorContent editor={editor} className="c-editor" />
}

function LinkButton({ editor, on }: { editor: Editor; on: boolean }) {
  const [open, setOpen] = useState(false)
  const [address, setAddress] = useState('')
  const [bad, setBad] = useState(false)
  const set = () => {
    const typed = address.trim()
    const url = /^(?:https?:|mailto:)/i.test(typed)
      ? typed
      : typed.includes('@') && !typed.includes('/')
        ? `mailto:${typed}`
        : `https://${typed}`
    if (typed === '' || /\s/.test(typed) || !URL.canParse(url)) return setBad(true)
    const chain = editor.chain().focus().extendMarkRange('link').setLink({ href: url })
    if (editor.state.selection.empty && !on)
      editor
        .chain()
        .focus()
        .insertContent({ type: 'text', text: typed, marks: [{ type: 'link', attrs: { href: url } }] })
        .run()
    else chain.run()
    setOpen(false)
    return undefined
  }
  const change = (now: boolean) => {
    setOpen(now)
    setBad(false)
    const href: unknown = editor.getAttributes('link')['href']
    if (now) setAddress(typeof href === 'string' ? href : '')
  }
  return (
    <Popover
      label={t('composer:link')}
      side="top"
      open={open}
      onOpenChange={change}
      trigger={<IconButton icon={LinkIcon} label={t('composer:link')} on={on} aria-pressed={on} />}
    >
      <form
        className="link-form y"
        onSubmit={(event) => {
          event.preventDefault()
          set()
        }}
      >
        <Input
          autoFocus
          value={address}
          placeholder="https://"
          aria-label={t('composer:linkAddress')}
          aria-invalid={bad || undefined}
          onChange={(event) => setAddress(event.target.value)}
        />
        {bad && <span className="hint bad">{t('composer:linkBad')}</span>}
        <div className="x">
          {on && (
            <Button
              kind="ghost"
              onClick={() => {
                editor.chain().focus().extendMarkRange('link').unsetLink().run()
                setOpen(false)
              }}
            >
              {t('composer:linkRemove')}
            </Button>
          )}
          <Button kind="primary" submit className="push">
            {t('composer:linkSet')}
          </Button>
        </div>
      </form>
    </Popover>
  )
}

interface Tool {
  icon: LucideIcon
  label: string
  keys?: string
  on: boolean
  run: () => void
}

/** Buttons for the form of the text. `before` stands in front (attach). */
export function EditorTools({ editor, before }: { editor: Editor; before: ReactNode }) {
  const on = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'),
      italic: now.isActive('italic'),
      list: now.isActive('bulletList'),
      ordered: now.isActive('orderedList'),
      quote: now.isActive('blockquote'),
      link: now.isActive('link'),
      undo: now.can().undo(),
    }),
  })
  const act = () => {
    // at once: the editor's own command waits for the next frame, and a menu that closes would take the focus back
    editor.view.focus()
    return editor.chain().focus()
  }
  // a narrow composer keeps these behind three dots
  const italic = {
    icon: Italic,
    label: t('composer:italic'),
    act: 'italic' as const,
    on: on.italic,
    run: () => act().toggleItalic().run(),
  }
  const ordered = {
    icon: ListOrdered,
    label: t('composer:orderedList'),
    on: on.ordered,
    run: () => act().toggleOrderedList().run(),
  }
  const quote = {
    icon: Quote,
    label: t('composer:quote'),
    on: on.quote,
    run: () => act().toggleBlockquote().run(),
  }
  const rare = ({ run, ...shown }: Tool) => (
    <IconButton {...shown} aria-pressed={shown.on} className="wide-only" onClick={run} />
  )
  return (
    <div className="x tools" role="toolbar" aria-label={t('composer:format')}>
      {before}
      <IconButton
        icon={Bold}
        label={t('composer:bold')}
        act="bold"
        on={on.bold}
        aria-pressed={on.bold}
        onClick={() => act().toggleBold().run()}
      />
      {rare(italic)}
      <IconButton
        icon={List}
        label={t('composer:bulletList')}
        on={on.list}
        aria-pressed={on.list}
        onClick={() => act().toggleBulletList().run()}
      />
      {rare(ordered)}
      {rare(quote)}
      <LinkButton editor={editor} on={on.link} />
      <IconButton
        icon={Undo2}
        label={t('composer:undo')}
        disabled={!on.undo}
        className="wide-only"
        onClick={() => act().undo().run()}
      />
      <span className="narrow-only">
        <Menu
          align="start"
          label={t('composer:moreTools')}
          trigger={<IconButton icon={Ellipsis} label={t('composer:moreTools')} />}
          items={() => [
            ...[italic, ordered, quote].map(({ run, on: checked, ...one }) => ({ ...one, checked, onSelect: run })),
            'separator',
            {
              icon: Undo2,
              label: t('composer:undo'),
              keys: 'mod+z',
              disabled: !on.undo,
              onSelect: () => act().undo().run(),
            },
          ]}
        />
      </span>
    </div>
  )
}
