import { Menu, type MenuItemConstructorOptions } from 'electron'
import { acceleratorOf } from './accelerator'

/**
 * macOS wants a menu bar; elsewhere the window has its own controls, and `start` has seen to it that there is no menu.
 * @param keys what the window has for its acts, by name
 */
export function setAppMenu(
  command: (name: string) => void,
  quit: () => void,
  keys: Readonly<Record<string, string>>,
): void {
  if (process.platform !== 'darwin') return
  const item = (label: string, name: string, usual?: string): MenuItemConstructorOptions => {
    const accelerator = usual ?? acceleratorOf(keys[name] ?? '')
    return { label, ...(accelerator && { accelerator }), click: () => command(name) }
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: 'Postern',
        submenu: [
          { role: 'about' },
          { type: 'separator' },
          item('Settings…', 'go.settings', 'Cmd+,'),
          item('Lock now', 'lock'),
          { type: 'separator' },
          { role: 'services' },
          { type: 'separator' },
          { role: 'hide' },
          { role: 'hideOthers' },
          { role: 'unhide' },
          { type: 'separator' },
          { label: 'Quit Postern', accelerator: 'Cmd+Q', click: quit },
        ],
      },
      {
        label: 'File',
        submenu: [
          item('New message', 'new', 'Cmd+N'),
          { type: 'separator' },
          item('Import or Export Mail…', 'go.transfers'),
          { type: 'separator' },
          { role: 'close' },
        ],
      },
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          item('Command palette', 'palette'),
          item('Sidebar', 'sidebar'),
          { type: 'separator' },
          item('Larger Text', 'textLarger'),
          item('Smaller Text', 'textSmaller'),
          item('Usual Text Size', 'textUsual'),
          { type: 'separator' },
          { role: 'togglefullscreen' },
        ],
      },
      { role: 'windowMenu' },
      {
        role: 'help',
        submenu: [
          item('Keyboard Shortcuts', 'help'),
          { type: 'separator' },
          item('Contact Support…', 'go.support'),
          item('My Support Identity…', 'identity'),
        ],
      },
    ]),
  )
}
