import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App as AntdApp, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { ApiError } from '../client/api-error.ts'
import { useWords } from './i18n/language.ts'
import { router } from './router.tsx'

/** Whoever is not signed in any more is asked to sign in, wherever that is noticed. */
const watchSession = (error: Error) => {
  if (error instanceof ApiError && error.status === 401) void queries.invalidateQueries({ queryKey: ['session'] })
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: watchSession }),
  mutationCache: new MutationCache({ onError: watchSession }),
  defaultOptions: {
    queries: {
      // The event stream says when to read again; what a request refused stays refused.
      staleTime: 10_000,
      retry: (count, error) => !(error instanceof ApiError) && count < 3,
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
  },
})

/** The console. */
export function App() {
  const { language } = useWords()
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      theme={{ token: { colorPrimary: '#0b5cad', colorLink: '#0b5cad', borderRadius: 6 } }}
    >
      <AntdApp>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntdApp>
    </ConfigProvider>
  )
}
