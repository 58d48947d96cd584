import { Link } from '@tanstack/react-router'
import {
  ApartmentOutlined,
  AuditOutlined,
  ClusterOutlined,
  DesktopOutlined,
  ExclamationCircleOutlined,
  HistoryOutlined,
  KeyOutlined,
  LineChartOutlined,
  NodeIndexOutlined,
  SafetyOutlined,
} from '@ant-design/icons'
import { Menu, type MenuProps } from 'antd'
import { kinds } from '../../model/kinds.ts'
import { useWords } from '../i18n/language.ts'
import type { WordKey } from '../i18n/words-en.ts'
import { paths } from '../paths.ts'
import { useSession } from '../server/session.ts'
import { sections } from './sections.ts'

const icons: Partial<Record<WordKey, React.ReactNode>> = {
  'nav.network': <ClusterOutlined />,
  'nav.security': <SafetyOutlined />,
  'nav.compute': <DesktopOutlined />,
}

/** The menu: 产品与服务 by section, and the tools. */
export function Navigation({ path }: { readonly path: string }) {
  const words = useWords()
  const { t } = words
  const { session } = useSession()
  const tool = (word: WordKey, to: string, icon: React.ReactNode) => ({
    key: to,
    icon,
    label: <Link to={to}>{t(word)}</Link>,
  })
  const items: MenuProps['items'] = [
    {
      type: 'group',
      key: 'products',
      label: t('nav.products'),
      children: sections.map(section => ({
        key: section.word,
        icon: icons[section.word],
        label: t(section.word),
        children: section.kinds.map(kind => ({
          key: paths.list(kind),
          label: <Link to={paths.list(kind)}>{words.kind(kind)}</Link>,
        })),
      })),
    },
    {
      type: 'group',
      key: 'tools',
      label: t('nav.tools'),
      children: [
        tool('nav.scenario', paths.scenario(), <NodeIndexOutlined />),
        tool('nav.topology', paths.topology(), <ApartmentOutlined />),
        tool('nav.monitoring', paths.monitoring(), <LineChartOutlined />),
        tool('nav.past', paths.past(), <HistoryOutlined />),
        tool('nav.operations', paths.operations(), <AuditOutlined />),
        tool('nav.pending', paths.pending(), <ExclamationCircleOutlined />),
        ...(session?.caller?.role === 'admin' ? [tool('nav.keys', paths.keys(), <KeyOutlined />)] : []),
      ],
    },
  ]
  const chosen = [...Object.values(kinds).map(({ plural }) => `/${plural}`), ...tools].find(
    each => path === each || path.startsWith(`${each}/`),
  )
  return (
    <nav aria-label={t('nav.products')}>
      <Menu
        mode="inline"
        inlineIndent={18}
        items={items}
        defaultOpenKeys={sections.map(({ word }) => word)}
        selectedKeys={chosen === undefined ? [] : [chosen]}
      />
    </nav>
  )
}

const tools = [
  paths.scenario(),
  paths.topology(),
  paths.monitoring(),
  paths.past(),
  paths.operations(),
  paths.pending(),
  paths.keys(),
]
