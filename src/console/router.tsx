import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
} from '@tanstack/react-router'
import { lazy } from 'react'
import { kindNames, kinds } from '../model/kinds.ts'
import { paths } from './paths.ts'
import { FaultPage } from './ui/fault-page.tsx'
import { Shell } from './ui/shell.tsx'

const ListPage = lazy(() => import('./pages/list.tsx').then(m => ({ default: m.ListPage })))
const DetailPage = lazy(() => import('./pages/detail.tsx').then(m => ({ default: m.DetailPage })))
const OperationsPage = lazy(() => import('./pages/operations.tsx').then(m => ({ default: m.OperationsPage })))
const SignInPage = lazy(() => import('./pages/sign-in.tsx').then(m => ({ default: m.SignInPage })))

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: lazyRouteComponent(() => import('./pages/not-found.tsx'), 'NotFoundPage'),
})
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell })

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: () => <Navigate to={paths.list('vpc')} replace />,
})

const kindRoutes = kindNames.flatMap(kind => {
  const { plural } = kinds[kind]
  const list = createRoute({
    getParentRoute: () => shell,
    path: `/${plural}`,
    component: () => <ListPage key={kind} kind={kind} search={list.useSearch()} />,
  })
  const detail = createRoute({
    getParentRoute: () => shell,
    path: `/${plural}/$id`,
    component() {
      const { id } = detail.useParams()
      return <DetailPage key={id} kind={kind} id={id} tab={textOf(detail.useSearch(), 'tab')} />
    },
  })
  return [list, detail]
})

const pending = createRoute({
  getParentRoute: () => shell,
  path: paths.pending(),
  component: lazyRouteComponent(() => import('./pages/pending.tsx'), 'PendingPage'),
})

const operations = createRoute({
  getParentRoute: () => shell,
  path: paths.operations(),
  component: () => <OperationsPage search={operations.useSearch()} />,
})

const keys = createRoute({
  getParentRoute: () => shell,
  path: paths.keys(),
  component: lazyRouteComponent(() => import('./access/keys-page.tsx'), 'KeysPage'),
})

const topology = createRoute({
  getParentRoute: () => shell,
  path: paths.topology(),
  component: lazyRouteComponent(() => import('./topology/topology-page.tsx'), 'TopologyPage'),
})

const scenario = createRoute({
  getParentRoute: () => shell,
  path: paths.scenario(),
  component: lazyRouteComponent(() => import('./scenario/scenario-page.tsx'), 'ScenarioPage'),
})

const monitoring = createRoute({
  getParentRoute: () => shell,
  path: paths.monitoring(),
  component: lazyRouteComponent(() => import('./monitoring/monitoring-page.tsx'), 'MonitoringPage'),
})

const past = createRoute({
  getParentRoute: () => shell,
  path: paths.past(),
  component: lazyRouteComponent(() => import('./past/past-page.tsx'), 'PastPage'),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: paths.signIn(),
  component: () => <SignInPage then={pathOf(textOf(signIn.useSearch(), 'then'))} />,
})

/** The pages of the console, by address. */
export const router = createRouter({
  routeTree: root.addChildren([
    shell.addChildren([home, ...kindRoutes, pending, operations, topology, scenario, monitoring, past, keys]),
    signIn,
  ]),
  defaultPreload: false,
  defaultErrorComponent: FaultPage,
  scrollRestoration: true,
  parseSearch: text => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: search => {
    const pairs = Object.entries(search).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    )
    return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
  },
})

function textOf(search: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = search[name]
  return typeof value === 'string' ? value : undefined
}

/** A path of this console; never an address of somebody else. */
function pathOf(text: string | undefined): string {
  return text !== undefined && /^\/(?![/\\])/.test(text) ? text : '/'
}
