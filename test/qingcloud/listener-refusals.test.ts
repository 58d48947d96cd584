import { balanced, secured } from './balanced.ts'
import { testRefusals, type Refusal } from './refused.ts'

const web = { listener_port: 8080, listener_protocol: 'http', backend_protocol: 'http' }

/** A listener that cannot be: what is sent besides, and what is said. */
const wrongListeners: readonly (readonly [sent: object, message: RegExp])[] = [
  [{ session_sticky: 'insert|name|1|2' }, /\[listeners\.1\.session_sticky\] must be empty, insert\|seconds/],
  [{ session_sticky: 'insert|soon' }, /\[listeners\.1\.session_sticky\] must end in whole seconds/],
  [{ session_sticky: 'prefix|a b' }, /parameter \[listeners\.1\.session_sticky\] /],
  [{ session_sticky: 'insert|name|31536001' }, /parameter \[listeners\.1\.session_sticky\] must be at most 31536000/],
  [{ forwardfor: 32 }, /\[listeners\.1\.forwardfor\] must be a sum of 1, 2, 4, 8, 16/],
  [{ forwardfor: -1 }, /\[listeners\.1\.forwardfor\] must be a sum/],
  [{ listener_option: 512 }, /\[listeners\.1\.listener_option\] must be a sum of 1, 2, .*256/],
  [{ healthy_check_method: 'ftp' }, /\[listeners\.1\.healthy_check_method\] must be empty, tcp/],
  [{ healthy_check_method: 'tcp|/x' }, /\[listeners\.1\.healthy_check_method\]/],
  [{ healthy_check_method: 'http|x' }, /parameter \[listeners\.1\.healthy_check_method\] /],
  [{ healthy_check_option: '10|5|2' }, /\[listeners\.1\.healthy_check_option\] must be interval\|timeout\|fall\|rise/],
  [{ healthy_check_option: '1|5|2|5' }, /parameter \[listeners\.1\.healthy_check_option\] must be at least 2/],
  [{ healthy_check_option: '10|5|2|11' }, /parameter \[listeners\.1\.healthy_check_option\] must be at most 10/],
  [{ timeout: 9 }, /parameter \[listeners\.1\.timeout\] must be at least 10/],
  [{ tunnel_timeout: 86_401 }, /parameter \[listeners\.1\.tunnel_timeout\] must be at most 86400/],
  [{ scene: 2 }, /\[listeners\.1\.scene\] must be one of/],
  [{ balance_mode: 'random' }, /parameter \[listeners\.1\.balance_mode\] must be one of/],
  [{ listener_port: 65_536 }, /parameter \[listeners\.1\.listener_port\] must be at most 65535/],
  [{ listener_port: 'http' }, /\[listeners\.1\.listener_port\]/],
  [{ listener_protocol: 'sctp', backend_protocol: '' }, /parameter \[listeners\.1\.listener_protocol\] must be one of/],
  [{ listener_protocol: 'sctp' }, /parameter \[listeners\.1\.listener_protocol\] must be one of/],
  [{ backend_protocol: 'tcp' }, /\[listeners\.1\.backend_protocol\] must be \[http\] with listener_protocol \[http\]/],
]

testRefusals([
  ...wrongListeners.map(([sent, message]): Refusal => ({
    about: JSON.stringify(sent),
    action: 'AddLoadBalancerListeners',
    given: balanced,
    parameters: ({ plain = '' }) => ({ loadbalancer: plain, listeners: [{ ...web, ...sent }] }),
    code: 1100,
    message,
  })),
  {
    about: 'a port twice: then none is added',
    action: 'AddLoadBalancerListeners',
    given: balanced,
    parameters: ({ front = '' }) => ({ loadbalancer: front, listeners: [web, { ...web, listener_port: 80 }] }),
    code: 2110,
    message: /^ResourceAlreadyExists, parameter \[listeners\.2\.listener_port\]/,
  },
  {
    about: 'https without a certificate',
    action: 'AddLoadBalancerListeners',
    given: balanced,
    parameters: ({ plain = '' }) => ({
      loadbalancer: plain,
      listeners: [{ listener_port: 443, listener_protocol: 'https', backend_protocol: 'https' }],
    }),
    code: 1400,
    message: /parameter \[listeners\.1\.server_certificate_id\] needs a certificate/,
  },
  {
    about: 'a certificate that is none',
    action: 'AddLoadBalancerListeners',
    given: balanced,
    parameters: ({ plain = '' }) => ({
      loadbalancer: plain,
      listeners: [{ listener_port: 443, listener_protocol: 'https', server_certificate_id: 'sc-00000000' }],
    }),
    code: 2100,
    message: /\[listeners\.1\.server_certificate_id\.1\].*\[sc-00000000\]/,
  },
  {
    about: 'a cookie without HTTP',
    action: 'AddLoadBalancerListeners',
    given: balanced,
    parameters: ({ plain = '' }) => ({
      loadbalancer: plain,
      listeners: [{ listener_port: 81, listener_protocol: 'tcp', session_sticky: 'insert|60' }],
    }),
    code: 1400,
    message: /parameter \[listeners\.1\.session_sticky\] cookies go with HTTP/,
  },
  {
    about: 'no such listener',
    action: 'ModifyLoadBalancerListenerAttributes',
    parameters: { loadbalancer_listener: 'lbl-00000000', timeout: 60 },
    code: 2100,
    message: /\[lbl-00000000\] does not exist/,
  },
  {
    about: 'a backend in place of a listener',
    action: 'ModifyLoadBalancerListenerAttributes',
    given: balanced,
    parameters: ({ near = '' }) => ({ loadbalancer_listener: near, timeout: 60 }),
    code: 2100,
    message: /\[lbb-\w+\]/,
  },
  {
    about: 'one of them is no more: then none goes',
    action: 'DeleteLoadBalancerListeners',
    given: balanced,
    parameters: ({ listener = '' }) => ({ loadbalancer_listeners: [listener, 'lbl-00000000'] }),
    code: 2100,
    message: /\[lbl-00000000\] does not exist/,
  },
  {
    about: 'the last certificate of https',
    action: 'DissociateServerCertsFromLBListener',
    given: secured,
    parameters: ({ listener = '', certificate = '' }) => ({
      loadbalancer_listener: listener,
      server_certificates: [certificate],
    }),
    code: 1400,
    message: /parameter \[server_certificate_id\] needs a certificate/,
  },
  {
    about: 'a certificate that it does not have',
    action: 'DissociateServerCertsFromLBListener',
    given: secured,
    parameters: ({ listener = '', spare = '' }) => ({ loadbalancer_listener: listener, server_certificates: [spare] }),
    code: 1400,
    message: /certificate \[sc-\w+\] is not associated with listener \[lbl-\w+\]/,
  },
  {
    about: 'a server that is none',
    action: 'AddLoadBalancerBackends',
    given: balanced,
    parameters: ({ listener = '' }) => ({
      loadbalancer_listener: listener,
      backends: [{ resource_id: 'i-00000000', port: 80 }],
    }),
    code: 2100,
    message: /resource \[i-00000000\] does not exist/,
  },
  {
    about: 'neither a resource nor an address',
    action: 'AddLoadBalancerBackends',
    given: balanced,
    parameters: ({ listener = '' }) => ({
      loadbalancer_listener: listener,
      backends: [{ resource_id: 'shop.example', port: 80 }],
    }),
    code: 1100,
    message: /parameter \[backends\.1\.resource_id\] must be an IPv4 address/,
  },
  {
    about: 'a router without an address',
    action: 'AddLoadBalancerBackends',
    given: balanced,
    parameters: ({ listener = '', vpc = '' }) => ({
      loadbalancer_listener: listener,
      backends: [{ resource_id: vpc, port: 80 }],
    }),
    code: 1400,
    message: /router \[rtr-\w+\] has no public address; associate an eip with it first/,
  },
  {
    about: 'the same server and port again',
    action: 'AddLoadBalancerBackends',
    given: balanced,
    parameters: ({ listener = '', server = '' }) => ({
      loadbalancer_listener: listener,
      backends: [{ resource_id: server, port: 8080 }],
    }),
    code: 2110,
    message: /^ResourceAlreadyExists, /,
  },
  {
    about: 'no port',
    action: 'AddLoadBalancerBackends',
    given: balanced,
    parameters: ({ listener = '', server = '' }) => ({
      loadbalancer_listener: listener,
      backends: [{ resource_id: server }],
    }),
    code: 1100,
    message: /parameter \[backends\.1\.port\] is required/,
  },
  {
    about: 'more weight than may be',
    action: 'ModifyLoadBalancerBackendAttributes',
    given: balanced,
    parameters: ({ near = '' }) => ({ loadbalancer_backend: near, weight: 101 }),
    code: 1100,
    message: /parameter \[weight\] must be at most 100/,
  },
  {
    about: 'a policy that is none',
    action: 'ModifyLoadBalancerBackendAttributes',
    given: balanced,
    parameters: ({ near = '' }) => ({ loadbalancer_backend: near, loadbalancer_policy_id: 'lbp-00000000' }),
    code: 2100,
    message: /parameter \[loadbalancer_policy_id\]/,
  },
  {
    about: 'no such backend',
    action: 'DeleteLoadBalancerBackends',
    parameters: { loadbalancer_backends: ['lbb-00000000'] },
    code: 2100,
    message: /\[lbb-00000000\] does not exist/,
  },
])

/** All that is wrong with a request is in its answer, in this order and nothing else. */
function all(code: number, ...sentences: readonly string[]): Pick<Refusal, 'code' | 'message'> {
  return { code, message: new RegExp(`^[A-Za-z]+, ${sentences.join('; ')}$`) }
}

testRefusals([
  {
    about: 'many things at once, in several listeners: what cannot be read, what means nothing, and what may not be',
    action: 'AddLoadBalancerListeners',
    given: balanced,
    parameters: ({ plain = '' }) => ({
      loadbalancer: plain,
      listeners: [
        { ...web, listener_port: 'http', session_sticky: 'a|b|c', timeout: 9, scene: 7 },
        { ...web, listener_port: 70_000, forwardfor: 64 },
        { listener_port: 443, listener_protocol: 'https', backend_protocol: 'tcp' },
      ],
    }),
    ...all(
      1100,
      String.raw`parameter \[listeners\.1\.listener_port\] must be a whole number`,
      String.raw`parameter \[listeners\.1\.scene\] must be one of 0, 1, 11`,
      String.raw`parameter \[listeners\.1\.session_sticky\] must be empty, .* or source\|seconds`,
      String.raw`parameter \[listeners\.2\.forwardfor\] must be a sum of 1, 2, 4, 8, 16`,
      String.raw`parameter \[listeners\.3\.backend_protocol\] must be \[http\] with listener_protocol \[https\]`,
      String.raw`parameter \[listeners\.1\.timeout\] must be at least 10`,
      String.raw`parameter \[listeners\.2\.listener_port\] must be at most 65535`,
      String.raw`parameter \[listeners\.3\.server_certificate_id\] needs a certificate to end TLS with`,
    ),
  },
  {
    about: 'many things of one that is there',
    action: 'ModifyLoadBalancerListenerAttributes',
    given: balanced,
    parameters: ({ listener = '' }) => ({
      loadbalancer_listener: listener,
      timeout: 'long',
      listener_option: 1024,
      balance_mode: 'random',
      tunnel_timeout: 3,
    }),
    ...all(
      1100,
      String.raw`parameter \[timeout\] must be a whole number`,
      String.raw`parameter \[listener_option\] must be a sum of 1, .*, 256`,
      String.raw`parameter \[balance_mode\] must be one of roundrobin, leastconn, source`,
      String.raw`parameter \[tunnel_timeout\] must be at least 10`,
    ),
  },
  {
    about: 'backends of which each is wrong in its own way',
    action: 'AddLoadBalancerBackends',
    given: balanced,
    parameters: ({ listener = '', vpc = '' }) => ({
      loadbalancer_listener: listener,
      backends: [
        { resource_id: 'i-00000000', port: 80 },
        { resource_id: vpc, port: 80 },
        { resource_id: '1.2.3.400', weight: 500 },
        { resource_id: '198.51.100.77', port: 80, loadbalancer_policy_id: 'lbp-00000000' },
      ],
    }),
    ...all(
      2100,
      String.raw`resource \[i-00000000\] does not exist`,
      String.raw`router \[rtr-\w+\] has no public address; associate an eip with it first`,
      String.raw`parameter \[backends\.3\.resource_id\] must be an IPv4 address such as 192\.0\.2\.7`,
      String.raw`parameter \[backends\.3\.port\] is required`,
      String.raw`parameter \[backends\.3\.weight\] must be at most 100`,
      String.raw`parameter \[backends\.4\.loadbalancer_policy_id\] there is no Forwarding policy \[lbp-00000000\]`,
    ),
  },
  {
    about: 'addresses that are none or somebody else’s, a size that is none, and settings out of bounds',
    action: 'CreateLoadBalancer',
    given: balanced,
    parameters: ({ held = '' }) => ({
      eips: ['eip-00000000', held],
      vxnet: 'vxnet-00000000',
      loadbalancer_type: 9,
      node_count: 20,
    }),
    ...all(
      1100,
      String.raw`parameter \[loadbalancer_type\] must be one of 0, 1, 2, 3, 4, 5`,
      String.raw`resource \[eip-00000000\] does not exist`,
      String.raw`eip \[eip-\w+\] is associated with \[lb-\w+\]; dissociate it first`,
      String.raw`parameter \[vxnet\] there is no Private network \[vxnet-00000000\]`,
      String.raw`parameter \[node_count\] must be at most 8`,
    ),
  },
  {
    about: 'several that are not there',
    action: 'StopLoadBalancers',
    given: balanced,
    parameters: ({ plain = '' }) => ({ loadbalancers: ['lb-00000000', plain, 'lb-00000001'] }),
    ...all(
      2100,
      String.raw`resource \[lb-00000000\] does not exist`,
      String.raw`resource \[lb-00000001\] does not exist`,
    ),
  },
])
