const pauseMs = 1000

/** Loads a part of the console; while the server is away, tries again. For parts without a stylesheet, which is not asked for twice. */
export async function untilThere<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load()
    } catch {
      await new Promise(resolve => setTimeout(resolve, pauseMs))
    }
  }
}
