const pauseMs = 1000

/** Loads a part of the console; while the server is away, tries again. */
export async function untilThere<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load()
    } catch {
      await new Promise(resolve => setTimeout(resolve, pauseMs))
      // A stylesheet that did not come is not asked for a second time by whoever loads the part.
      for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]'))
        if (!link.sheet) link.replaceWith(link.cloneNode())
    }
  }
}
