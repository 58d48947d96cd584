import { certificateFor } from '../certificate-maker.ts'
import { balanced, secured } from './balanced.ts'
import { testRefusals } from './refused.ts'

testRefusals([
  {
    about: 'neither addresses nor a network',
    action: 'CreateLoadBalancer',
    parameters: { loadbalancer_name: 'nowhere', vxnet: 'vxnet-0' },
    code: 1400,
    message: /^PermissionDenied, parameter \[vxnet\] needs a public address or a private network$/,
  },
  {
    about: 'an address that somebody has',
    action: 'CreateLoadBalancer',
    given: balanced,
    parameters: ({ held = '' }) => ({ eips: [held] }),
    code: 1400,
    message: /eip \[eip-\w+\] is associated with \[lb-\w+\]; dissociate it first/,
  },
  {
    about: 'an address that is none',
    action: 'CreateLoadBalancer',
    parameters: { eips: ['eip-00000000'] },
    code: 2100,
    message: /^ResourceNotFound, resource \[eip-00000000\] does not exist/,
  },
  {
    about: 'a network that is none',
    action: 'CreateLoadBalancer',
    parameters: { vxnet: 'vxnet-00000000' },
    code: 2100,
    message: /parameter \[vxnet\] .*\[vxnet-00000000\]/,
  },
  {
    about: 'a private address where there is no network',
    action: 'CreateLoadBalancer',
    given: balanced,
    parameters: ({ free = '' }) => ({ eips: [free], vxnet: 'vxnet-0', private_ip: '192.168.1.7' }),
    code: 1400,
    message: /parameter \[private_ip\]/,
  },
  {
    about: 'a private address of somebody else',
    action: 'CreateLoadBalancer',
    given: balanced,
    parameters: ({ subnet = '' }) => ({ vxnet: subnet, private_ip: '192.168.2.7' }),
    code: 1400,
    message: /parameter \[private_ip\]/,
  },
  {
    about: 'a type that is none',
    action: 'CreateLoadBalancer',
    given: balanced,
    parameters: ({ free = '' }) => ({ eips: [free], loadbalancer_type: 6 }),
    code: 1100,
    message: /\[loadbalancer_type\] must be one of/,
  },
  {
    about: 'longer headers than may be',
    action: 'CreateLoadBalancer',
    given: balanced,
    parameters: ({ free = '' }) => ({ eips: [free], http_header_size: 128 }),
    code: 1100,
    message: /\[http_header_size\] must be at most 127/,
  },
  {
    about: 'too many addresses',
    action: 'AssociateEipsToLoadBalancer',
    async given(site) {
      const made = await balanced(site)
      const more = await site.done('AllocateEips', { bandwidth: 1, count: 4 })
      return { ...made, more: (more['eips'] as string[]).join(',') }
    },
    parameters: ({ plain = '', more = '' }) => ({ loadbalancer: plain, eips: more.split(',') }),
    code: 1100,
    message: /parameter \[eips\] holds more than 4/,
  },
  {
    about: 'one that is no more; clients take that for done',
    action: 'DeleteLoadBalancers',
    parameters: { loadbalancers: ['lb-00000000'] },
    code: 2100,
    message: /resource \[lb-00000000\] does not exist/,
  },
  {
    about: 'a listener in place of its balancer, as the Terraform provider does after a change of a backend',
    action: 'UpdateLoadBalancers',
    given: balanced,
    parameters: ({ listener = '' }) => ({ loadbalancers: [listener] }),
    code: 2100,
    message: /resource \[lbl-\w+\] does not exist/,
  },
  {
    about: 'it runs',
    action: 'StartLoadBalancers',
    given: balanced,
    parameters: ({ plain = '' }) => ({ loadbalancers: [plain] }),
    code: 1400,
    message: /loadbalancer \[lb-\w+\] is active already/,
  },
  {
    about: 'it is stopped',
    action: 'StopLoadBalancers',
    async given(site) {
      const given = await balanced(site)
      await site.done('StopLoadBalancers', { loadbalancers: [given['plain'] ?? ''] })
      return given
    },
    parameters: ({ front = '', plain = '' }) => ({ loadbalancers: [front, plain] }),
    code: 1400,
    message: /loadbalancer \[lb-\w+\] is stopped already/,
  },
  {
    about: 'a type that is none',
    action: 'ResizeLoadBalancers',
    given: balanced,
    parameters: ({ plain = '' }) => ({ loadbalancers: [plain], loadbalancer_type: -1 }),
    code: 1100,
    message: /\[loadbalancer_type\]/,
  },
  {
    about: 'an address that it does not have',
    action: 'DissociateEipsFromLoadBalancer',
    given: balanced,
    parameters: ({ plain = '', eip = '' }) => ({ loadbalancer: plain, eips: [eip] }),
    code: 1400,
    message: /eip \[eip-\w+\] is not associated with loadbalancer \[lb-\w+\]/,
  },
  {
    about: 'a second network',
    action: 'LoadBalancerJoinVxnet',
    given: balanced,
    parameters: ({ front = '', other = '' }) => ({ loadbalancer: front, vxnet: other }),
    code: 1400,
    message: /loadbalancer \[lb-\w+\] is in vxnet \[vxnet-\w+\]; let it leave that first/,
  },
  {
    about: 'a network that it is not in',
    action: 'LoadBalancerLeaveVxnet',
    given: balanced,
    parameters: ({ front = '' }) => ({ loadbalancer: front, vxnet: 'vxnet-0' }),
    code: 1400,
    message: /loadbalancer \[lb-\w+\] is not in vxnet \[vxnet-0\]/,
  },
  {
    about: 'it has servers there',
    action: 'LoadBalancerLeaveVxnet',
    given: balanced,
    parameters: ({ front = '', subnet = '' }) => ({ loadbalancer: front, vxnet: subnet }),
    code: 1400,
    message: /PermissionDenied/,
  },
  {
    about: 'a group that is none',
    action: 'ModifyLoadBalancerAttributes',
    given: balanced,
    parameters: ({ plain = '' }) => ({ loadbalancer: plain, security_group: 'sg-00000000' }),
    code: 2100,
    message: /parameter \[security_group\]/,
  },
  {
    about: 'a word that is no operator',
    action: 'CreateLoadBalancerPolicy',
    parameters: { loadbalancer_policy_name: 'x', operator: 'xor' },
    code: 1100,
    message: /parameter \[operator\] must be one of/,
  },
  {
    about: 'what is no pattern',
    action: 'AddLoadBalancerPolicyRules',
    async given(site) {
      return { policy: await site.make('forward-policy', {}) }
    },
    parameters: ({ policy = '' }) => ({ loadbalancer_policy: policy, rules: [{ rule_type: 'url', val: '(' }] }),
    code: 1100,
    message: /parameter \[rules\.1\.val\]/,
  },
  {
    about: 'a backend bears it',
    action: 'DeleteLoadBalancerPolicies',
    async given(site) {
      const policy = await site.make('forward-policy', {})
      const eip = await site.make('eip', {})
      const backends = [{ address: '198.51.100.7', port: 80, policy }]
      await site.make('load-balancer', { eips: [eip], listeners: [{ port: 80, backends }] })
      return { policy }
    },
    parameters: ({ policy = '' }) => ({ loadbalancer_policies: [policy] }),
    code: 5400,
    message: /^DependencyExists, \[lbp-\w+\] is used by \[lb-\w+\]/,
  },
  {
    about: 'a key of another certificate',
    action: 'CreateServerCertificate',
    parameters: { certificate_content: certificateFor().chain, private_key: certificateFor().key },
    code: 1100,
    message: /parameter \[private_key\]/,
  },
  {
    about: 'one that has expired',
    action: 'CreateServerCertificate',
    parameters: (({ chain, key }) => ({ certificate_content: chain, private_key: key }))(
      certificateFor({ notAfter: '2021-01-01T00:00:00Z' }),
    ),
    code: 1100,
    message: /parameter \[certificate_content\]/,
  },
  {
    about: 'a listener proves itself by it',
    action: 'DeleteServerCertificates',
    given: secured,
    parameters: ({ certificate = '' }) => ({ server_certificates: [certificate] }),
    code: 5400,
    message: /^DependencyExists, \[sc-\w+\] is used by \[lb-\w+\]/,
  },
])
