import type { Words } from '../../model/define.ts'
import { know } from '../i18n/later-words.ts'

/** The words of signing in. */
export const signInWords = {
  'sign-in.about': {
    en: 'Use a user and their password, or the id of an access key and its secret.',
    zh: '使用用户名和密码，或访问密钥的 ID 和私钥。',
  },
  'sign-in.user': { en: 'User or access key', zh: '用户名或访问密钥 ID' },
  'sign-in.password': { en: 'Password or secret', zh: '密码或私钥' },
  'sign-in.submit': { en: 'Sign in', zh: '登录' },
  'sign-in.locked': { en: 'Too many wrong attempts: locked for a while.', zh: '错误次数过多，暂时锁定。' },
  'sign-in.wait': { en: 'Try again in {time}.', zh: '请在 {time}后重试。' },
  'sign-in.seconds': { en: '{seconds} s', zh: '{seconds} 秒' },
  'sign-in.minutes': { en: '{minutes} min {seconds} s', zh: '{minutes} 分 {seconds} 秒' },
} as const satisfies Readonly<Record<string, Words>>

know(signInWords)
