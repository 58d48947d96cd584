import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ConfigProvider } from 'antd'
import { lazy, Suspense } from 'react'
import { ApiError } from '../client/api-error.ts'
import { kitLocale, useWords } from './i18n/language.ts'
import { router } from './router.tsx'
import { untilThere } from './server/until-there.ts'
import { useFeedbackWanted } from './ui/feedback.ts'

// That the server is away is one of the things to say.
const FeedbackHolder = lazy(() =>
  untilThere(() => import('./ui/feedback-holder.tsx')).then(m => ({ default: m.FeedbackHolder })),
)

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

/** Colours of the kit's text that are too pale for many eyes, darkened to at least 4.5 : 1. */
const readable = {
  colorError: '#c4281c',
  colorTextDescription: '#5c6675',
  colorTextTertiary: '#5c6675',
  colorTextPlaceholder: '#6b7280',
} as const

/** Whoever asked their system for less motion gets none here. */
const still = matchMedia('(prefers-reduced-motion: reduce)').matches

/** The console. */
export function App() {
  const { language } = useWords()
  const locale = kitLocale(language)
  const saying = useFeedbackWanted()
  return (
    <ConfigProvider
      {...(locale ? { locale } : {})}
      button={{ autoInsertSpace: false }}
      theme={{
        token: {
          motion: !still,
          colorPrimary: '#0b5cad',
          colorLink: '#0b5cad',
          colorBgLayout: '#f4f6f9',
          borderRadius: 6,
          ...readable,
        },
        components: {
          Menu: { itemHeight: 34, itemMarginBlock: 2 },
          Form: { itemMarginBottom: 16, verticalLabelPadding: '0 0 4px' },
        },
      }}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
      {saying && (
        <Suspense>
          <FeedbackHolder />
        </Suspense>
      )}
    </ConfigProvider>
  )
}
