const named: Record<string, string> = {
  mod: 'Cmd',
  ctrl: 'Ctrl',
  alt: 'Alt',
  shift: 'Shift',
  '+': 'Plus',
  Enter: 'Return',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
}

/** The accelerator of keys such as `mod+shift+l`; undefined for letters and sequences, which are typed elsewhere too. */
export function acceleratorOf(keys: string): string | undefined {
  if (keys.includes(' ') || !/^(mod|ctrl|alt)\+.|^F\d/.test(keys)) return undefined
  return keys
    .split(/\+(?=.)/)
    .map((part) => named[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join('+')
}
