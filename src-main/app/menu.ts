import { Menu, type MenuItemConstructorOptions } from 'electron'

/** macOS wants a menu bar; elsewhere the window has its own controls and the menu only carries the editing keys. */
export function setAppMenu(command: (name: string) => void, quit: () => void): void {
  if (process.platform !== 'darwin') {
    Menu.setApplicationMenu(null)
    return
  }
  const item = (label: string, name: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator && { accelerator }),
    click: () => command(name),
  })
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: 'Postern',
        submenu: [
          { role: 'about' },
          { type: 'separator' },
          item('Settings…', 'settings', 'Cmd+,'),
          item('Lock now', 'lock', 'Cmd+Shift+L'),
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
          item('New message', 'new-message', 'Cmd+N'),
          { type: 'separator' },
          item('Import or Export Mail…', 'transfers'),
          { type: 'separator' },
          { role: 'close' },
        ],
      },
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          item('Command palette', 'palette', 'Cmd+K'),
          item('Sidebar', 'sidebar', 'Cmd+\\'),
          { type: 'separator' },
          item('Larger Text', 'text-larger', 'Cmd+Plus'),
          item('Smaller Text', 'text-smaller', 'Cmd+-'),
          item('Usual Text Size', 'text-usual', 'Cmd+0'),
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
          item('Contact Support…', 'support'),
          item('My Support Identity…', 'identity'),
        ],
      },
    ]),
  )
}
