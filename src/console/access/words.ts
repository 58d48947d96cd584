import type { Words } from '../../model/define.ts'

/** The words of access keys. */
export const words = {
  about: {
    en: 'Programs sign in with access keys: over REST, and as QingCloud clients, which sign with them.',
    zh: '程序使用访问密钥登录：可用于 REST 接口，也可供 QingCloud 客户端签名。',
  },
  create: { en: 'Create an access key', zh: '创建访问密钥' },
  id: { en: 'Key', zh: '密钥 ID' },
  secret: { en: 'Secret', zh: '私钥' },
  role: { en: 'Role', zh: '角色' },
  createdAt: { en: 'Created', zh: '创建时间' },
  signs: { en: 'Signs QingCloud requests', zh: '可签名 QingCloud 请求' },
  yes: { en: 'Yes', zh: '是' },
  no: { en: 'No; make a new one for that', zh: '否，请创建新密钥' },
  made: { en: 'The key was made', zh: '访问密钥已创建' },
  once: {
    en: 'Copy the secret now: it is not shown again.',
    zh: '请立即复制私钥，关闭后不再显示。',
  },
  closing: {
    en: 'Until now everyone on this machine may do everything. With this key that ends: everyone must sign in, so it is an administrator’s.',
    zh: '目前本机上的任何人都可以执行所有操作。创建此密钥后所有人都需要登录，因此它属于管理员。',
  },
  signIn: {
    en: 'Sign in with it: the key is the user, the secret is the password.',
    zh: '请用它登录：密钥 ID 作为用户名，私钥作为密码。',
  },
  done: { en: 'I have copied it', zh: '我已复制' },
  remove: { en: 'Delete', zh: '删除' },
  sure: { en: 'Delete {id}? What uses it stops working at once.', zh: '确定删除 {id}？使用它的程序将立即失效。' },
  removed: { en: 'The key was deleted', zh: '访问密钥已删除' },
  'read-only': { en: 'Read-only: looks', zh: '只读' },
  operator: { en: 'Operator: changes the network', zh: '操作员：可修改网络' },
  admin: { en: 'Administrator: regions and keys, too', zh: '管理员：还可管理区域与密钥' },
} as const satisfies Readonly<Record<string, Words>>
