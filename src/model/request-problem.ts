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
      en: 'an access key is needed: send the header "Authorization: Bearer <id>:<secret>"',
      zh: '需要访问密钥：请发送请求头 "Authorization: Bearer <id>:<secret>"',
    },
  },
  'not-allowed': {
    http: 403,
    ret: 1400,
    words: {
      en: 'this needs the role {needs}, and this key has {has}',
      zh: '此操作需要角色 {needs}，当前密钥的角色为 {has}',
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
  internal: {
    http: 500,
    ret: 5000,
    words: {
      en: 'something went wrong inside Causeway; the server log says what',
      zh: 'Causeway 内部出错；详情见服务器日志',
    },
  },
} as const
