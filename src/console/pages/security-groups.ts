import { lazy } from 'react'
import type { KindPage } from './kind-page.ts'

const GroupRules = lazy(() => import('../ui/group-rules.tsx').then(m => ({ default: m.GroupRules })))

export const securityGroups: KindPage = {
  kind: 'security-group',
  createWord: 'list.create',
  form: {},
  children: {
    rules: {
      columns: ['priority', 'action', 'protocol', 'ports', 'peer'],
      form: {
        suits: {
          ports: set => set.kind === 'ip-set' && set.type === 'port',
          peer: set => set.kind === 'ip-set' && set.type === 'ip',
        },
      },
      Panel: GroupRules,
    },
  },
  related: [
    { kind: 'vpc', by: 'securityGroup' },
    { kind: 'nat-gateway', by: 'securityGroup' },
    { kind: 'load-balancer', by: 'securityGroup' },
    { kind: 'server', by: 'securityGroup' },
    { kind: 'group-snapshot', by: 'group' },
  ],
}
