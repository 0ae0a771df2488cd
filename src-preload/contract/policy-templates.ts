import * as z from 'zod'
import { Policy, policyShape, type PolicyKey } from './policy'

/** What administrators get, made of the one schema: file name to text. */
export function policyTemplates(): Record<string, string> {
  return {
    'postern-policy.schema.json': `${JSON.stringify(z.toJSONSchema(Policy), null, 2)}\n`,
    'example.json': `${JSON.stringify({ managedBy: 'Northwind IT', supportAccessLongestDays: 30, allowedMailHosts: ['*.northwindbikes.example'], remoteContent: 'never', defaults: { lockMinutes: 5 } }, null, 2)}\n`,
    'Postern.admx': admx(),
    'Postern.adml': adml(),
    'postern.mobileconfig': mobileconfig(),
  }
}

type Kind =
  | { is: 'choice'; options: readonly string[] }
  | { is: 'number'; min: number; max: number }
  | { is: 'switch' }
  | { is: 'text' }
  | { is: 'list' }
  | { is: 'object' }

/** How a key is set in a form, read from its schema. */
function kindOf(key: PolicyKey): Kind {
  const schema = policyShape[key]
  if (schema instanceof z.ZodEnum) return { is: 'choice', options: schema.options }
  if (schema instanceof z.ZodBoolean) return { is: 'switch' }
  if (schema instanceof z.ZodArray) return { is: 'list' }
  if (schema instanceof z.ZodObject) return { is: 'object' }
  if (schema instanceof z.ZodNumber) return { is: 'number', min: schema.minValue ?? 0, max: schema.maxValue ?? 0 }
  return { is: 'text' }
}

const keys = Object.keys(policyShape).filter((name): name is PolicyKey => Object.hasOwn(policyShape, name))
const esc = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const about = (key: PolicyKey): string => policyShape[key].description ?? key
/** `supportAccessLongestDays` as people read it: "Support access longest days". */
const title = (key: PolicyKey): string =>
  key.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^./, (letter) => letter.toUpperCase())
const registry = 'Software\\Policies\\Postern'

function admx(): string {
  const policies = keys.map((key) => {
    const kind = kindOf(key)
    const head = `    <policy name="${key}" class="Both" displayName="$(string.${key})" explainText="$(string.${key}_Explain)" key="${registry}"`
    const body = `      <parentCategory ref="Postern" />\n      <supportedOn ref="Any" />`
    if (kind.is === 'switch')
      return `${head} valueName="${key}">\n${body}\n      <enabledValue><decimal value="1" /></enabledValue>\n      <disabledValue><decimal value="0" /></disabledValue>\n    </policy>`
    const element =
      kind.is === 'choice'
        ? `        <enum id="${key}" valueName="${key}" required="true">\n${kind.options.map((option) => `          <item displayName="$(string.${key}_${option})"><value><string>${esc(option)}</string></value></item>`).join('\n')}\n        </enum>`
        : kind.is === 'number'
          ? `        <decimal id="${key}" valueName="${key}" minValue="${kind.min}" maxValue="${kind.max}" required="true" />`
          : kind.is === 'list'
            ? `        <list id="${key}" key="${registry}\\${key}" />`
            : `        <text id="${key}" valueName="${key}" required="true" />`
    return `${head} presentation="$(presentation.${key})">\n${body}\n      <elements>\n${element}\n      </elements>\n    </policy>`
  })
  return `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0">
  <policyNamespaces>
    <target prefix="postern" namespace="Postern.Policies" />
    <using prefix="windows" namespace="Microsoft.Policies.Windows" />
  </policyNamespaces>
  <resources minRequiredRevision="1.0" />
  <supportedOn><definitions><definition name="Any" displayName="$(string.Any)" /></definitions></supportedOn>
  <categories><category name="Postern" displayName="$(string.Postern)" /></categories>
  <policies>
${policies.join('\n')}
  </policies>
</policyDefinitions>
`
}

function adml(): string {
  const strings = keys.flatMap((key) => {
    const kind = kindOf(key)
    return [
      [key, title(key)],
      [`${key}_Explain`, about(key)],
      ...(kind.is === 'choice' ? kind.options.map((option) => [`${key}_${option}`, option]) : []),
    ]
  })
  const forms = keys.flatMap((key) => {
    const kind = kindOf(key)
    const form = {
      choice: `<dropdownList refId="${key}">${title(key)}</dropdownList>`,
      number: `<decimalTextBox refId="${key}">${title(key)}</decimalTextBox>`,
      list: `<listBox refId="${key}">${title(key)}</listBox>`,
      object: `<textBox refId="${key}"><label>${title(key)} (JSON)</label></textBox>`,
      text: `<textBox refId="${key}"><label>${title(key)}</label></textBox>`,
      switch: '',
    }[kind.is]
    return form === '' ? [] : [`      <presentation id="${key}">${form}</presentation>`]
  })
  return `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0">
  <displayName>Postern</displayName>
  <description>Settings of Postern</description>
  <resources>
    <stringTable>
      <string id="Postern">Postern</string>
      <string id="Any">Postern on any Windows</string>
${strings.map(([id = '', text = '']) => `      <string id="${id}">${esc(text)}</string>`).join('\n')}
    </stringTable>
    <presentationTable>
${forms.join('\n')}
    </presentationTable>
  </resources>
</policyDefinitionResources>
`
}

function mobileconfig(): string {
  const samples: { readonly [K in Kind['is']]: (key: PolicyKey) => string } = {
    choice: (key) => {
      const kind = kindOf(key)
      return `<string>${kind.is === 'choice' ? esc(kind.options[0] ?? '') : ''}</string>`
    },
    number: (key) => {
      const kind = kindOf(key)
      return `<integer>${kind.is === 'number' ? kind.max : 0}</integer>`
    },
    switch: () => '<true/>',
    text: () => '<string>Your organisation</string>',
    list: () => '<array/>',
    object: () => '<dict/>',
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Every key, to be thinned out: a key that is left in is locked, all but defaults. -->
<plist version="1.0">
<dict>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadVersion</key><integer>1</integer>
  <key>PayloadIdentifier</key><string>org.postern.desk.policy</string>
  <key>PayloadUUID</key><string>6B0C3A5E-2F5D-4C0B-9C7E-0D6B6B1E7A10</string>
  <key>PayloadDisplayName</key><string>Postern</string>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadType</key><string>org.postern.desk</string>
      <key>PayloadVersion</key><integer>1</integer>
      <key>PayloadIdentifier</key><string>org.postern.desk.settings</string>
      <key>PayloadUUID</key><string>6B0C3A5E-2F5D-4C0B-9C7E-0D6B6B1E7A11</string>
${keys.map((key) => `      <!-- ${esc(about(key)).replaceAll('--', '- -')} -->\n      <key>${key}</key>${samples[kindOf(key).is](key)}`).join('\n')}
    </dict>
  </array>
</dict>
</plist>
`
}
