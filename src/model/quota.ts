/** How many of a thing there may be; the operator's figures live here and nowhere else. */
export const quotas = {
  subnetsPerVpc: 252,
  natGatewaysPerVpc: 5,
  portForwards: 100,
  dnsRecords: 100,
  dhcpOptions: 252,
  nicsPerServer: 16,
  routes: 200,
  snatRules: 40,
  dnatRules: 100,
  listeners: 50,
  backends: 1000,
  backendsPerBalancer: 2000,
  rules: 100,
  policyRules: 120,
  rewrites: 31,
  generations: 50,
  initialSubnets: 3,
} as const

export type Quota = keyof typeof quotas
