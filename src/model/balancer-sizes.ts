/** What a node of each size carries: new connections a second, by the most that it may have at a time. */
export const newConnectionsPerS = {
  5000: 3000,
  20000: 6000,
  40000: 9000,
  100000: 12_500,
  200000: 25_000,
  500000: 50_000,
} as const
