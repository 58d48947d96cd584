import { z } from 'zod'
import { defineKind } from './define.ts'

export const keyPair = defineKind({
  prefix: 'kp',
  plural: 'key-pairs',
  label: { en: 'SSH key pair', zh: 'SSH 密钥对' },
  about: {
    en: 'A public key that servers note who may sign in with. A record: nothing is written into a server.',
    zh: '云服务器登记的登录公钥。仅作记录：不会写入云服务器。',
  },
  now: z.strictObject({
    publicKey: z
      .string()
      .max(16384)
      .regex(
        /^(ssh-rsa|ssh-dss|ssh-ed25519|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,3}( [\x20-\x7e\u00a0-\uffff]*)?$/,
      )
      .describe('The public key as OpenSSH writes it: its type, the key, and a comment'),
  }),
  spec: z.strictObject({}),
  fixed: ['publicKey'],
  columns: ['publicKey'],
})
