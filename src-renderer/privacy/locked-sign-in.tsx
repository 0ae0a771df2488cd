import { LogIn } from 'lucide-react'
import { useState } from 'react'
import { t } from '../text'
import { Button } from '../ui/button'
import { SignIn } from './sign-in'
import './privacy.css'

/** Support sign-in on the lock screen. */
export function LockedSignIn({ keyIn }: { keyIn: 'keychain' | 'passphrase' | 'none' }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button kind="ghost" icon={LogIn} onClick={() => setOpen(true)}>
        {t('privacy:access.signIn')}
      </Button>
      {open && <SignIn locked={keyIn === 'keychain' ? 'system' : 'passphrase'} onClose={() => setOpen(false)} />}
    </>
  )
}
