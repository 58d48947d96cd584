import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useRouter } from '@tanstack/react-router'
import {
  LogoutOutlined,
  MenuOutlined,
  SyncOutlined,
  TranslationOutlined,
  UnlockOutlined,
  WifiOutlined,
  DisconnectOutlined,
} from '@ant-design/icons'
import { Button, Flex, Grid, Layout, Tooltip } from 'antd'
import { lazy, Suspense, useEffect, useState } from 'react'
import { chooseLanguage, useWords } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { follow, useConnection } from '../server/live.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { Navigation } from './navigation.tsx'

const Drawer = lazy(() => import('antd/es/drawer/index.js').then(m => ({ default: m.default })))

/** What stands around every page: the menu, what waits, whether the page is live, and who one is. */
export function Shell() {
  const { t } = useWords()
  const { session } = useSession()
  const wide = Grid.useBreakpoint().lg ?? true
  const { pathname } = useLocation()
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const queries = useQueryClient()
  const signedIn = session?.caller != null
  useEffect(() => {
    if (!signedIn) return
    const leaving = new AbortController()
    void follow(queries, leaving.signal)
    return () => leaving.abort()
  }, [queries, signedIn])
  useEffect(() => setOpen(false), [pathname])
  const mustSignIn = session !== undefined && !signedIn
  useEffect(() => {
    if (mustSignIn)
      void router.navigate({ to: paths.signIn(), search: { then: router.latestLocation.href }, replace: true })
  }, [router, mustSignIn])
  if (mustSignIn) return null
  const navigation = <Navigation path={pathname} />
  return (
    <Layout className="shell">
      <a className="skip" href="#content">
        {t('nav.skip')}
      </a>
      <Layout.Header className="bar">
        {!wide && (
          <Button type="text" icon={<MenuOutlined />} aria-label={t('nav.open')} onClick={() => setOpen(true)} />
        )}
        <Link to="/" className="brand">
          <img src={icon} alt="" width={24} height={24} />
          <span className="wide-only">Causeway</span>
        </Link>
        <span className="spacer" />
        <LiveMark />
        <PendingBadge />
        <WhoMark />
        <LanguageSwitch />
      </Layout.Header>
      <Layout>
        {wide ? (
          <Layout.Sider width={236} theme="light" className="side">
            {navigation}
          </Layout.Sider>
        ) : (
          <Drawer open={open} onClose={() => setOpen(false)} placement="left" size={260} title="Causeway">
            {navigation}
          </Drawer>
        )}
        <Layout.Content id="content" className="content" tabIndex={-1}>
          <Suspense>
            <Outlet />
          </Suspense>
        </Layout.Content>
      </Layout>
    </Layout>
  )
}

const icon = new URL('../icon.svg', import.meta.url).href

function LiveMark() {
  const { t } = useWords()
  const connection = useConnection()
  const live = connection === 'connected'
  return (
    <span role="status" className={live ? 'live' : 'live lost'}>
      {live ? (
        <WifiOutlined aria-hidden />
      ) : connection === 'connecting' ? (
        <SyncOutlined spin aria-hidden />
      ) : (
        <DisconnectOutlined aria-hidden />
      )}
      <span className={live ? 'wide-only' : ''}>{t(`live.${connection}`)}</span>
    </span>
  )
}

function PendingBadge() {
  const { t } = useWords()
  const { queries } = useServer()
  const { data: waiting = [] } = useQuery(queries.pending())
  if (waiting.length === 0) return null
  return (
    <Link to={paths.pending()} className="pending-link">
      {t('header.pending', { count: waiting.length })}
    </Link>
  )
}

function WhoMark() {
  const { t } = useWords()
  const { server, queries } = useServer()
  const cache = useQueryClient()
  const { session } = useSession()
  if (session?.open)
    return (
      <Tooltip title={t('header.local')}>
        <span className="who faint" tabIndex={0}>
          <UnlockOutlined aria-hidden /> <span className="wide-only">{t('header.local-short')}</span>
        </span>
      </Tooltip>
    )
  if (!session?.caller) return null
  const signOut = async () => {
    await server.session.signOut()
    cache.setQueryData(queries.session().queryKey, { open: false, caller: null, expiresAt: null })
    cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
  }
  return (
    <Flex gap={4} align="center">
      <span className="who">{session.caller.name}</span>
      <Tooltip title={t('header.sign-out')}>
        <Button
          type="text"
          icon={<LogoutOutlined />}
          aria-label={t('header.sign-out')}
          onClick={() => void signOut()}
        />
      </Tooltip>
    </Flex>
  )
}

function LanguageSwitch() {
  const { t, language } = useWords()
  const other = language === 'zh' ? 'en' : 'zh'
  return (
    <Button type="text" icon={<TranslationOutlined />} lang={other} onClick={() => void chooseLanguage(other)}>
      {t('header.language')}
    </Button>
  )
}
