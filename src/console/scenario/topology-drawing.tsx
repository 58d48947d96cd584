import type { Scenario } from '../../client/scenario.ts'
import { useWords } from '../i18n/language.ts'
import { words } from './words.ts'

/** The way from a client to a backend in another region, drawn small. */
export function TopologyDrawing({ topology }: { readonly topology: Scenario['topology'] }) {
  const { language } = useWords()
  const way = topology === 'a' ? words.gateway : words.router
  return (
    <svg viewBox="0 0 420 96" className="topology-drawing" role="img" aria-label={words[topology][language]}>
      <defs>
        <marker
          id={`arrow-${topology}`}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path d="M0 0 L8 4 L0 8 z" fill="#2f6f3e" />
        </marker>
      </defs>
      <rect x="88" y="6" width="222" height="84" rx="8" fill="#eef4ff" stroke="#9db7dd" strokeDasharray="4 3" />
      <text x="199" y="22" textAnchor="middle" fontSize="10.5" fill="#44546a">
        {words.vpc[language]}
      </text>
      <Place x={4} label={words.client[language]} />
      <Place x={102} label={words.balancer[language]} bold />
      <Place x={214} label={way[language]} bold />
      <Place x={334} label={words.backends[language]} />
      <Arrow from={78} to={100} topology={topology} />
      <Arrow from={186} to={212} topology={topology} />
      <Arrow from={298} to={332} topology={topology} />
      <text x="255" y="84" textAnchor="middle" fontSize="10.5" fill="#2f6f3e">
        SNAT
      </text>
    </svg>
  )
}

function Place({ x, label, bold = false }: { readonly x: number; readonly label: string; readonly bold?: boolean }) {
  const width = bold ? 84 : 74
  return (
    <g>
      <rect x={x} y="34" width={width} height="34" rx="6" fill="#fff" stroke={bold ? '#0b5cad' : '#8c98a8'} />
      <text x={x + width / 2} y="55" textAnchor="middle" fontSize="11.5" fill="#14202e">
        {label}
      </text>
    </g>
  )
}

function Arrow({ from, to, topology }: { readonly from: number; readonly to: number; readonly topology: string }) {
  return (
    <line x1={from} x2={to} y1="51" y2="51" stroke="#2f6f3e" strokeWidth="1.8" markerEnd={`url(#arrow-${topology})`} />
  )
}
