import type { Words } from './define.ts'

function malformed(en: string, zh: string) {
  const words: Words = { en, zh }
  return { http: 400, ret: 1100, words } as const
}

/** What can be wrong with what is typed into a listener, its backends and its policies. Part of the one catalogue of problems. */
export const balancerProblems = {
  'form-number': malformed('must be a whole number', '应为整数'),
  'form-path': malformed(
    'must begin with / and hold only ASCII without blanks, others as %20, e.g. /healthz',
    '应以 / 开头且只含 ASCII 字符、不含空格，其他字符写作 %20 等形式，如 /healthz',
  ),
  'form-host': malformed(
    'must be a name or an address, e.g. shop.example or shop.example:8080',
    '应为域名或地址，如 shop.example 或 shop.example:8080',
  ),
  'form-statuses': malformed(
    'must be statuses and ranges of them from 100 to 599, with commas, e.g. 200-299,404',
    '应为 100–599 的状态码或其范围，以逗号分隔，如 200-299,404',
  ),
  'form-word': malformed('must hold only letters, digits, and _ . -', '只能包含字母、数字和 _ . -'),
  'form-name': malformed(
    'must be a full DNS name such as shop.example, without *',
    '应为完整域名，如 shop.example，不含 *',
  ),
  'form-email': malformed(
    'must be an e-mail address such as ops@shop.example',
    '应为电子邮箱地址，如 ops@shop.example',
  ),
  'form-https': malformed('must be a URL that begins with https://', '应为以 https:// 开头的 URL'),
  'no-blanks': malformed('must hold neither blanks nor control characters', '不能包含空格和控制字符'),
  'not-a-host': malformed(
    '{address} is no address that another host can have; give that of the backend',
    '{address} 不是其他主机可用的地址；请填写后端的地址',
  ),
  idle: {
    http: 200,
    ret: 0,
    words: {
      en: '{value} does nothing on {protocol} (port {port}); it goes with {goes}',
      zh: '{value} 对 {protocol}（端口 {port}）不起作用；仅适用于 {goes}',
    },
  },
} as const
