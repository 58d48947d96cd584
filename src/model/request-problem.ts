/** What can be wrong with a request before anybody looks at what it asks for. Part of the one catalogue of problems. */
export const requestProblems = {
  'bad-json': {
    http: 400,
    ret: 1100,
    words: {
      en: 'the body is not valid JSON; send one JSON object',
      zh: '请求体不是有效的 JSON；请发送一个 JSON 对象',
    },
  },
  'bad-request': {
    http: 400,
    ret: 1100,
    words: { en: 'this is not a request that HTTP allows: {reason}', zh: '不是有效的 HTTP 请求：{reason}' },
  },
  'bad-query': { http: 400, ret: 1100, words: { en: '{name} must be {expected}', zh: '{name} 应为 {expected}' } },
  'unknown-parameter': {
    http: 400,
    ret: 1100,
    words: { en: 'there is no parameter {name} here; there are: {known}', zh: '没有参数 {name}；可用参数：{known}' },
  },
  'bad-header': {
    http: 400,
    ret: 1100,
    words: { en: 'the header {name} must be {expected}', zh: '请求头 {name} 应为 {expected}' },
  },
  unauthenticated: {
    http: 401,
    ret: 1200,
    words: {
      en: 'sign in first, or send an access key in the header "Authorization: Bearer <id>:<secret>"',
      zh: '请先登录，或在请求头中发送访问密钥 "Authorization: Bearer <id>:<secret>"',
    },
  },
  'wrong-credentials': {
    http: 401,
    ret: 1200,
    words: { en: 'the user or the password is wrong', zh: '用户名或密码错误' },
  },
  'too-many-attempts': {
    http: 429,
    ret: 1400,
    words: {
      en: 'too many wrong attempts; try again in {seconds} s',
      zh: '错误次数过多，请在 {seconds} 秒后重试',
    },
  },
  'not-allowed': {
    http: 403,
    ret: 1400,
    words: {
      en: 'this needs the role {needs}, and you have {has}',
      zh: '此操作需要角色 {needs}，当前角色为 {has}',
    },
  },
  'foreign-host': {
    http: 403,
    ret: 1400,
    words: {
      en: 'the host {host} is not a name of this machine; use localhost',
      zh: '主机名 {host} 不是本机的名称；请使用 localhost',
    },
  },
  'foreign-origin': {
    http: 403,
    ret: 1400,
    words: { en: 'pages of {origin} may not use this API', zh: '{origin} 的页面不能使用此 API' },
  },
  'unknown-route': {
    http: 404,
    ret: 1101,
    words: {
      en: 'there is nothing at {method} {path}; /v1/openapi.json lists what there is',
      zh: '不存在 {method} {path}；可用接口见 /v1/openapi.json',
    },
  },
  'body-too-large': {
    http: 413,
    ret: 1100,
    words: { en: 'the body is larger than {most} bytes', zh: '请求体超过 {most} 字节' },
  },
  'bad-content-type': {
    http: 415,
    ret: 1100,
    words: {
      en: 'send the body as JSON, with the header "Content-Type: application/json"',
      zh: '请以 JSON 发送请求体，并带上请求头 "Content-Type: application/json"',
    },
  },
  'no-agent': {
    http: 503,
    ret: 5000,
    words: {
      en: 'no machine can be asked: no agent reports to this server. Start it with `causeway up`, and see `causeway status`',
      zh: '无法询问任何主机：没有代理向此服务上报。请用 `causeway up` 启动，并用 `causeway status` 查看',
    },
  },
  'agent-silent': {
    http: 504,
    ret: 5000,
    words: {
      en: 'the agent of {hosts} did not answer in time; ask again, and if it stays silent see `causeway status` and its log',
      zh: '{hosts} 的代理未在时限内应答；请重试，若仍无应答，请查看 `causeway status` 及其日志',
    },
  },
  'store-failed': {
    http: 503,
    ret: 5000,
    words: {
      en: 'nothing was changed: {where} cannot be written to ({reason})',
      zh: '未作任何修改：无法写入 {where}（{reason}）',
    },
  },
  'disk-full': {
    http: 507,
    ret: 5000,
    words: {
      en: 'nothing was changed: the disk of the state directory {where} is full; free space and try again',
      zh: '未作任何修改：状态目录 {where} 所在磁盘已满；请释放空间后重试',
    },
  },
  internal: {
    http: 500,
    ret: 5000,
    words: {
      en: 'something went wrong inside Causeway; the server log says what',
      zh: 'Causeway 内部出错；详情见服务器日志',
    },
  },
} as const
